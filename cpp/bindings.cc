// The embind table: what JavaScript sees of the core. Pointers cross as numbers; sizes are checked in TypeScript.
#include <emscripten/bind.h>
#include <emscripten/em_js.h>
#include <emscripten/emscripten.h>

#include <cstdint>
#include <string>

#include "mlp/error.h"
#include "mlp/inspect.h"
#include "mlp/model.h"
#include "mlp/pool.h"
#include "mlp/trainer.h"

using emscripten::val;

// TypeScript checks arguments before they come here; this is the net below, with no C++ exceptions to unwind.
EM_JS(void, mlpThrow, (const char* message), { throw new RangeError(UTF8ToString(message)); });

void mlp::fail(const std::string& message) {
  mlpThrow(message.c_str());
  __builtin_unreachable();
}

namespace {

using namespace mlp;

using Pointer = std::uintptr_t;

const Scalar* scalars(Pointer pointer) { return reinterpret_cast<const Scalar*>(pointer); }

// Fields of JavaScript objects, by functions of their own: each of them is a dozen calls.
__attribute__((noinline)) val field(const val& object, const char* name) { return object[name]; }
__attribute__((noinline)) double number(const val& object, const char* name) { return field(object, name).as<double>(); }
__attribute__((noinline)) void put(val& object, const char* name, double value) { object.set(name, value); }
__attribute__((noinline)) std::string text(const val& value) { return value.as<std::string>(); }

[[noreturn]] __attribute__((noinline)) void unknown(const std::string& name) { fail("unknown name: " + name); }

template <class Entry>
const Entry& known(const Entry* (*find)(std::string_view), const val& nameValue) {
  const std::string name = text(nameValue);
  const Entry* entry = find(name);
  if (!entry) unknown(name);
  return *entry;
}

const Initializer* initializer(const val& given, InitializerOptions& options) {
  options.value = number(given, "value");
  options.minval = number(given, "minval");
  options.maxval = number(given, "maxval");
  options.mean = number(given, "mean");
  options.stddev = number(given, "stddev");
  options.gain = number(given, "gain");
  return &known(findInitializer, field(given, "name"));
}

Model* newModel(double features, double seed) {
  return new Model(static_cast<Index>(features), static_cast<std::uint64_t>(seed));
}

// `layer`: every field of the TypeScript side's ResolvedDense.
void addDense(Model& model, const val& layer) {
  DenseOptions options;
  options.name = text(field(layer, "name"));
  options.units = static_cast<Index>(number(layer, "units"));
  const val activation = field(layer, "activation");
  options.activation = &known(findActivation, field(activation, "name"));
  options.alpha = static_cast<Scalar>(number(activation, "alpha"));
  options.useBias = field(layer, "useBias").as<bool>();
  options.kernelInitializer = initializer(field(layer, "kernelInitializer"), options.kernelInitializerOptions);
  options.biasInitializer = initializer(field(layer, "biasInitializer"), options.biasInitializerOptions);
  model.network.add(options);
}

// `loss`, `optimizer`: every field of ResolvedLoss and ResolvedOptimizer; `metricNames`: strings.
void compile(Model& model, const val& loss, const val& metricNames, const val& optimizer) {
  LossOptions lossOptions;
  lossOptions.delta = static_cast<Scalar>(number(loss, "delta"));
  lossOptions.labelSmoothing = static_cast<Scalar>(number(loss, "labelSmoothing"));
  lossOptions.sumReduction = text(field(loss, "reduction")) == "sum";
  lossOptions.fromLogits = field(loss, "fromLogits").as<bool>();
  std::vector<const Metric*> metricList(static_cast<std::size_t>(number(metricNames, "length")));
  for (std::size_t i = 0; i < metricList.size(); ++i) metricList[i] = &known(findMetric, metricNames[i]);
  const Optimizer& chosen = known(findOptimizer, field(optimizer, "name"));
  OptimizerOptions optimizerOptions;
  for (const OptimizerOption& option : chosen.options) {
    optimizerOptions.*option.field = number(optimizer, option.name);
  }
  model.compile(known(findLoss, field(loss, "name")), lossOptions, metricList, chosen, optimizerOptions);
}

// Samples as TypeScript describes them: addresses, 0 for what is not there.
struct SampleAddresses {
  double rows, features;
  Pointer dense, bytes;
  double scale;
  Pointer rowStarts, columns, values;
  Pointer targets, classes;
};

Samples samples(const SampleAddresses& at) {
  const auto integers = [](Pointer pointer) { return reinterpret_cast<const std::int32_t*>(pointer); };
  Samples samples;
  samples.rows = static_cast<Index>(at.rows);
  samples.features = static_cast<Index>(at.features);
  samples.dense = scalars(at.dense);
  samples.bytes = reinterpret_cast<const std::uint8_t*>(at.bytes);
  samples.scale = static_cast<Scalar>(at.scale);
  samples.rowStarts = integers(at.rowStarts);
  samples.columns = integers(at.columns);
  samples.values = scalars(at.values);
  samples.targets = scalars(at.targets);
  samples.classes = integers(at.classes);
  return samples;
}

// [rows, loss sum, metric sums …]
val sums(const Totals& totals) {
  val array = val::array();
  array.set(0, static_cast<double>(totals.rows));
  array.set(1, totals.loss);
  for (std::size_t i = 0; i < totals.metrics.size(); ++i) array.set(2 + i, totals.metrics[i]);
  return array;
}

// The same back again.
Totals totalsOf(const Model& model, const val& sums) {
  Totals totals = model.emptyTotals();
  totals.rows = static_cast<Index>(sums[0].as<double>());
  totals.loss = sums[1].as<double>();
  for (std::size_t i = 0; i < totals.metrics.size(); ++i) totals.metrics[i] = sums[2 + i].as<double>();
  return totals;
}

// Goes on from the sums so far, so that they are added in one order whatever the parts.
val evaluate(Model& model, const SampleAddresses& at, double first, double count, double batchSize, const val& from) {
  Totals totals = totalsOf(model, from);
  model.evaluate(samples(at), static_cast<Index>(first), static_cast<Index>(count), static_cast<Index>(batchSize),
                 totals);
  return sums(totals);
}

void predict(Model& model, const SampleAddresses& at, double batchSize, Pointer outputs) {
  model.predict(samples(at), static_cast<Index>(batchSize), reinterpret_cast<Scalar*>(outputs));
}

Pointer modelAddress(Model& model) { return reinterpret_cast<Pointer>(&model); }

// All samples as one batch.
Batcher wholeBatch(Model& model, const SampleAddresses& at) {
  Batcher batcher(samples(at), model.network.outputs(), true);
  batcher.gather({nullptr, 0, static_cast<Index>(at.rows)});
  return batcher;
}

void forward(Model& model, const SampleAddresses& at) { model.network.forward(wholeBatch(model, at).x()); }

double lossAndGradients(Model& model, const SampleAddresses& at) {
  const Batcher batch = wholeBatch(model, at);
  return model.network.lossAndGradients(batch.x(), batch.targets(), model.objective());
}

val check(Model& model, const SampleAddresses& at, double sampleCount, double floorShare) {
  const Batcher batch = wholeBatch(model, at);
  const GradientCheck found = gradientCheck(model.network, batch.x(), batch.targets(), model.objective(),
                                            static_cast<Index>(sampleCount), floorShare);
  val object = val::object();
  put(object, "worstRelativeError", found.worstRelativeError);
  put(object, "parameter", static_cast<double>(found.parameter));
  put(object, "analytic", found.analytic);
  put(object, "numeric", found.numeric);
  put(object, "checked", static_cast<double>(found.checked));
  put(object, "skipped", static_cast<double>(found.skipped));
  return object;
}

val modelSharpness(Model& model, const SampleAddresses& at, int maxIterations, double tolerance) {
  const Batcher batch = wholeBatch(model, at);
  const Sharpness found =
      sharpness(model.network, batch.x(), batch.targets(), model.objective(), maxIterations, tolerance);
  val object = val::object();
  put(object, "lambdaMax", found.lambdaMax);
  put(object, "iterations", found.iterations);
  object.set("converged", found.converged);
  return object;
}

val modelGradientNorms(Model& model, const SampleAddresses& at) {
  const Batcher batch = wholeBatch(model, at);
  val array = val::array();
  int i = 0;
  for (const LayerNorms& layer : gradientNorms(model.network, batch.x(), batch.targets(), model.objective())) {
    val object = val::object();
    put(object, "delta", layer.delta);
    put(object, "kernelGrad", layer.kernelGrad);
    put(object, "biasGrad", layer.biasGrad);
    array.set(i++, object);
  }
  return array;
}

val nonFinite(const Model& model) {
  const NonFinite found = firstNonFinite(model.network);
  val object = val::object();
  put(object, "layer", static_cast<double>(found.layer));
  put(object, "parameter", static_cast<double>(found.parameter));
  return object;
}

Pointer address(const Scalar* pointer) { return reinterpret_cast<Pointer>(pointer); }
Pointer row(Model& model) { return address(model.row()); }
Pointer parameters(Model& model) { return address(model.network.parameters().data()); }
Pointer gradients(Model& model) { return address(model.network.gradients().data()); }
Pointer zOf(Model& model, int layer) { return address(model.network.z(static_cast<std::size_t>(layer)).data()); }
Pointer aOf(Model& model, int layer) { return address(model.network.a(static_cast<std::size_t>(layer)).data()); }
Pointer deltaOf(Model& model, int layer) {
  return address(model.network.delta(static_cast<std::size_t>(layer)).data());
}

// One step on all samples as one batch; its sums.
val trainBatch(Model& model, const SampleAddresses& at) {
  const Batcher batch = wholeBatch(model, at);
  Totals totals = model.emptyTotals();
  model.trainStep(batch.x(), batch.targets(), totals);
  return sums(totals);
}

double stepsDone(const Model& model) { return static_cast<double>(model.step); }
double passesBegun(const Model& model) { return model.passesBegun; }
void setCounters(Model& model, double steps, double passes) {
  model.step = static_cast<std::int64_t>(steps);
  model.passesBegun = static_cast<std::uint32_t>(passes);
}
Pointer optimizerState(Model& model) { return address(model.optimizerState().data()); }
double optimizerStateSize(Model& model) { return static_cast<double>(model.optimizerState().size()); }

Trainer* newTrainer(Model& model, const SampleAddresses& at, double batchSize, bool shuffle, double batchesPerEpoch) {
  return new Trainer(model, samples(at), static_cast<Index>(batchSize), shuffle, static_cast<Index>(batchesPerEpoch));
}
void seek(Trainer& trainer, const Model& model, double batch, double passBatch, const val& sums) {
  trainer.seek(static_cast<Index>(batch), static_cast<Index>(passBatch), totalsOf(model, sums));
}
void run(Trainer& trainer, double maxBatches, double budgetMs, Pointer rates) {
  trainer.run(static_cast<Index>(maxBatches), budgetMs, reinterpret_cast<const double*>(rates));
}
double batch(const Trainer& trainer) { return static_cast<double>(trainer.batch()); }
double passBatch(const Trainer& trainer) { return static_cast<double>(trainer.passBatch()); }
double batchesPerEpoch(const Trainer& trainer) { return static_cast<double>(trainer.batchesPerEpoch()); }
val trainerSums(const Trainer& trainer) { return sums(trainer.totals()); }

template <class Table, class Describe>
val described(const Table& table, Describe describe) {
  val array = val::array();
  int i = 0;
  for (const auto& entry : table) {
    val object = val::object();
    object.set("name", std::string(entry.name));
    describe(entry, object);
    array.set(i++, object);
  }
  return array;
}

// Everything that has a name, so that the TypeScript lists can be held against it and defaults live here only.
val catalogue() {
  static const char* const kTargetKinds[] = {"any", "probability", "sign", "nonNegative", "classIndex"};
  const auto nameOnly = [](const auto&, val&) {};
  val all = val::object();
  all.set("activations", described(activations(), [](const Activation& entry, val& object) {
            put(object, "alpha", entry.defaultAlpha);
          }));
  all.set("losses", described(losses(), [](const Loss& entry, val& object) {
            object.set("targets", std::string(kTargetKinds[static_cast<int>(entry.targets)]));
            object.set("hasLogits", entry.fromLogits != nullptr);
          }));
  all.set("optimizers", described(optimizers(), [](const Optimizer& entry, val& object) {
            OptimizerOptions defaults;
            defaults.learningRate = entry.defaultLearningRate;
            object.set("options", described(entry.options, [&](const OptimizerOption& option, val& field) {
                         put(field, "default", defaults.*option.field);
                         put(field, "low", option.low);
                         put(field, "high", option.high);
                       }));
          }));
  all.set("initializers", described(initializers(), nameOnly));
  all.set("metrics", described(metrics(), nameOnly));
  return all;
}

#ifdef MLP_THREADS
// What a worker calls by its place in the function table, on the stack that it was given. Nothing of the stack is
// used before it is set.
__attribute__((noinline)) void enterPool(Pointer stackTop, int thread) {
  asm volatile(
      ".globaltype __stack_pointer, i32\n"
      "local.get %0\n"
      "global.set __stack_pointer\n"
      :
      : "r"(stackTop));
  pool::work(thread);
}
Pointer poolEntry() { return reinterpret_cast<Pointer>(&enterPool); }
#endif

}  // namespace

// Exported by name: a call through embind makes garbage, which a prediction a frame must not.
extern "C" EMSCRIPTEN_KEEPALIVE int predictRow(Model* model) { return model->predictRow(); }

EMSCRIPTEN_BINDINGS(mlp) {
  emscripten::value_object<SampleAddresses>("Samples")
      .field("rows", &SampleAddresses::rows)
      .field("features", &SampleAddresses::features)
      .field("dense", &SampleAddresses::dense)
      .field("bytes", &SampleAddresses::bytes)
      .field("scale", &SampleAddresses::scale)
      .field("rowStarts", &SampleAddresses::rowStarts)
      .field("columns", &SampleAddresses::columns)
      .field("values", &SampleAddresses::values)
      .field("targets", &SampleAddresses::targets)
      .field("classes", &SampleAddresses::classes);

  emscripten::class_<Model>("Model")
      .constructor(&newModel, emscripten::allow_raw_pointers())
      .function("addDense", &addDense)
      .function("compile", &compile)
      .function("predict", &predict)
      .function("evaluate", &evaluate)
      .function("forward", &forward)
      .function("lossAndGradients", &lossAndGradients)
      .function("gradientCheck", &check)
      .function("gradientNorms", &modelGradientNorms)
      .function("sharpness", &modelSharpness)
      .function("trainBatch", &trainBatch)
      .function("setLearningRate", &Model::setLearningRate)
      .function("firstNonFinite", &nonFinite)
      .function("stepsDone", &stepsDone)
      .function("passesBegun", &passesBegun)
      .function("setCounters", &setCounters)
      .function("optimizerState", &optimizerState)
      .function("optimizerStateSize", &optimizerStateSize)
      .function("address", &modelAddress)
      .function("row", &row)
      .function("parameters", &parameters)
      .function("gradients", &gradients)
      .function("z", &zOf)
      .function("a", &aOf)
      .function("delta", &deltaOf);

  emscripten::class_<Trainer>("Trainer")
      .constructor(&newTrainer, emscripten::allow_raw_pointers())
      .function("beginEpoch", &Trainer::beginEpoch)
      .function("seek", &seek)
      .function("run", &run)
      .function("batch", &batch)
      .function("passBatch", &passBatch)
      .function("batchesPerEpoch", &batchesPerEpoch)
      .function("epochDone", &Trainer::epochDone)
      .function("sums", &trainerSums);

  emscripten::function("catalogue", &catalogue);

#ifdef MLP_THREADS
  emscripten::function("poolEntry", &poolEntry);
  emscripten::function("poolEntered", &pool::entered);
  emscripten::function("usePool", &pool::use);
#endif
}

// embind calls types that nobody bound by their addresses, which it prints: all of printf for messages that never come.
extern "C" int siprintf(char* text, const char*, ...) {
  *text = 0;
  return 0;
}
