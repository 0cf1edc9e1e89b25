// The embind table: what JavaScript sees of the core. Pointers cross as numbers; sizes are checked in TypeScript.
#include <emscripten/bind.h>
#include <emscripten/em_js.h>
#include <emscripten/emscripten.h>

#include <cstdint>
#include <string>

#include "mlp/augment.h"
#include "mlp/dense.h"
#include "mlp/error.h"
#include "mlp/evaluator.h"
#include "mlp/inspect.h"
#include "mlp/model.h"
#include "mlp/noise.h"
#include "mlp/normalize.h"
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

Scalar scalar(const val& object, const char* name) { return static_cast<Scalar>(number(object, name)); }

Regularizer regularizer(const val& layer, const char* name) {
  const val given = field(layer, name);
  return {scalar(given, "l1"), scalar(given, "l2")};
}

Constraint constraint(const val& layer, const char* name) {
  const val given = field(layer, name);
  return {known(findConstraint, field(given, "name")), scalar(given, "maxValue")};
}

void readCommon(const Model& model, const val& layer, LayerOptions& options) {
  options.name = text(field(layer, "name"));
  options.inputs = model.network.outputs();
  options.units = static_cast<Index>(number(layer, "units"));
  const val activation = field(layer, "activation");
  options.activation = &known(findActivation, field(activation, "name"));
  options.alpha = scalar(activation, "alpha");
  options.activityRegularizer = regularizer(layer, "activityRegularizer");
}

Layer* newDense(const Model& model, const val& layer) {
  DenseOptions options;
  readCommon(model, layer, options);
  options.useBias = field(layer, "useBias").as<bool>();
  options.kernelInitializer = initializer(field(layer, "kernelInitializer"), options.kernelInitializerOptions);
  options.biasInitializer = initializer(field(layer, "biasInitializer"), options.biasInitializerOptions);
  options.kernelRegularizer = regularizer(layer, "kernelRegularizer");
  options.biasRegularizer = regularizer(layer, "biasRegularizer");
  options.kernelConstraint = constraint(layer, "kernelConstraint");
  options.biasConstraint = constraint(layer, "biasConstraint");
  return new Dense(options);
}

Layer* newNormalize(const Model& model, const val& layer, bool batch) {
  NormalizeOptions options;
  readCommon(model, layer, options);
  options.epsilon = scalar(layer, "epsilon");
  options.center = field(layer, "center").as<bool>();
  options.scale = field(layer, "scale").as<bool>();
  if (!batch) return new LayerNormalization(options);
  options.momentum = scalar(layer, "momentum");
  return new BatchNormalization(options);
}

Layer* newLayer(const Model& model, const val& layer) {
  const std::string kind = text(field(layer, "className"));
  if (kind == "dense") return newDense(model, layer);
  if (kind == "batchNormalization") return newNormalize(model, layer, true);
  if (kind == "layerNormalization") return newNormalize(model, layer, false);
  LayerOptions options;
  readCommon(model, layer, options);
  if (kind == "dropout") return new Noise(options, Noise::Kind::kDropout, scalar(layer, "rate"));
  if (kind == "alphaDropout") return new Noise(options, Noise::Kind::kAlphaDropout, scalar(layer, "rate"));
  if (kind == "gaussianNoise") return new Noise(options, Noise::Kind::kGaussian, scalar(layer, "stddev"));
  if (kind == "normalization") return new Normalization(options);
  return new Identity(options);
}

// `layer`: what the TypeScript side's nativeLayer() gives.
void addLayer(Model& model, const val& layer) {
  model.network.add(std::shared_ptr<Layer>(newLayer(model, layer)));
}

MetricChoice metricChoice(const val& given) {
  const std::string average = text(field(given, "average"));
  MetricOptions options;
  options.threshold = number(given, "threshold");
  options.k = static_cast<Index>(number(given, "k"));
  options.average = average == "micro"      ? Average::kMicro
                    : average == "weighted" ? Average::kWeighted
                                            : Average::kMacro;
  return {&known(findMetric, field(given, "name")), options};
}

const Optimizer& optimizerOf(const val& config) { return known(findOptimizer, field(config, "name")); }

// `config`: every field that resolveOptimizer in optimizer.ts fills in.
OptimizerOptions optimizerOptionsOf(const val& config) {
  const Optimizer& optimizer = optimizerOf(config);
  OptimizerOptions options = optimizer.defaults();
  for (const OptimizerOption& option : optimizer.options) options.*option.field = number(config, option.name);
  return options;
}

double slotsOf(const val& config) { return Model::stateSlots(optimizerOf(config), optimizerOptionsOf(config)); }

// `loss`, `metrics`, `optimizer`: what nativeLoss, nativeMetrics and resolveCompile in layers.ts make.
void compile(Model& model, const val& loss, const val& metrics, const val& optimizer) {
  LossOptions lossOptions;
  lossOptions.delta = scalar(loss, "delta");
  lossOptions.labelSmoothing = scalar(loss, "labelSmoothing");
  lossOptions.sumReduction = text(field(loss, "reduction")) == "sum";
  lossOptions.fromLogits = field(loss, "fromLogits").as<bool>();
  std::vector<MetricChoice> metricList(static_cast<std::size_t>(number(metrics, "length")));
  for (std::size_t i = 0; i < metricList.size(); ++i) metricList[i] = metricChoice(metrics[i]);
  model.compile(known(findLoss, field(loss, "name")), lossOptions, metricList, optimizerOf(optimizer),
                optimizerOptionsOf(optimizer));
}

// Samples as TypeScript describes them: addresses, 0 for what is not there.
struct SampleAddresses {
  double rows, features;
  Pointer dense, bytes;
  double scale;
  Pointer rowStarts, columns, values;
  Pointer targets, classes, weights;
  Pointer augmentation;
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
  samples.weights = scalars(at.weights);
  samples.augmentation = reinterpret_cast<const Augmentation*>(at.augmentation);
  return samples;
}

// What an Evaluator or Trainer has seen: [rows, mean loss, metrics …]
template <class Judge>
val results(const Judge& judge) {
  const Model& model = judge.model();
  val array = val::array();
  array.set(0, static_cast<double>(judge.totals().rows));
  array.set(1, model.meanLoss(judge.totals()));
  for (std::size_t i = 0; i < model.metricCount(); ++i) array.set(2 + i, model.result(i, judge.totals()));
  return array;
}

double accumulatorSize(const Model& model) { return static_cast<double>(model.accumulatorSize()); }

// The totals behind them: [rows, loss sum, address of accumulatorSize() doubles]
template <class Judge>
val totals(const Judge& judge) {
  val array = val::array();
  array.set(0, static_cast<double>(judge.totals().rows));
  array.set(1, judge.totals().loss);
  array.set(2, reinterpret_cast<Pointer>(judge.totals().metrics.data()));
  return array;
}

// The same back again.
Totals totalsOf(const Model& model, double rows, double loss, Pointer accumulators) {
  const double* const first = reinterpret_cast<const double*>(accumulators);
  return {static_cast<Index>(rows), loss, std::vector<double>(first, first + model.accumulatorSize())};
}

Evaluator* newEvaluator(Model& model, const SampleAddresses& at, double batchSize) {
  return new Evaluator(model, samples(at), static_cast<Index>(batchSize));
}
void runEvaluator(Evaluator& evaluator, double count) { evaluator.run(static_cast<Index>(count)); }
void trainBatch(Evaluator& evaluator, const SampleAddresses& at) { evaluator.train(samples(at)); }
void seekEvaluator(Evaluator& evaluator, double rows, double loss, Pointer accumulators) {
  evaluator.seek(totalsOf(evaluator.model(), rows, loss, accumulators));
}

void adapt(Model& model, const SampleAddresses& at, double batchSize) {
  model.adapt(samples(at), static_cast<Index>(batchSize));
}

void predict(Model& model, const SampleAddresses& at, double batchSize, Pointer outputs) {
  model.predict(samples(at), static_cast<Index>(batchSize), reinterpret_cast<Scalar*>(outputs));
}

// Rows as a batch of that seed and pass holds them, `rows` at a time: rows × features.
void augment(const SampleAddresses& at, double seed, double pass, double rows, Pointer outputs) {
  const Samples all = samples(at);
  Batcher batcher(all, 0, false, false);
  Scalar* to = reinterpret_cast<Scalar*>(outputs);
  for (Index first = 0; first < all.rows; first += static_cast<Index>(rows)) {
    batcher.gather({nullptr, first, std::min(static_cast<Index>(rows), all.rows - first)},
                   static_cast<std::uint64_t>(seed), static_cast<std::uint32_t>(pass));
    const ConstMatrixMap x = batcher.x().matrix();
    to = std::copy(x.data(), x.data() + x.size(), to);
  }
}

Pointer modelAddress(Model& model) { return reinterpret_cast<Pointer>(&model); }

// All samples as one batch.
Batcher wholeBatch(Model& model, const SampleAddresses& at) {
  Batcher batcher(samples(at), model.network.outputs(), true, model.network.acceptsSparse());
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
Pointer state(Model& model) { return address(model.network.state().data()); }
Pointer gradients(Model& model) { return address(model.network.gradients().data()); }
Pointer zOf(Model& model, int layer) { return address(model.network.z(static_cast<std::size_t>(layer)).data()); }
Pointer aOf(Model& model, int layer) { return address(model.network.a(static_cast<std::size_t>(layer)).data()); }
Pointer deltaOf(Model& model, int layer) {
  return address(model.network.delta(static_cast<std::size_t>(layer)).data());
}

void inputGradient(Model& model, Pointer units, bool logits, Pointer to) {
  const auto* const chosen = reinterpret_cast<const std::int32_t*>(units);
  model.network.inputGradient(chosen, logits, reinterpret_cast<Scalar*>(to));
}
void drawDirection(double seed, int number, Pointer to, double count) {
  randomDirection(static_cast<std::uint64_t>(seed), static_cast<std::uint32_t>(number),
                  reinterpret_cast<Scalar*>(to), static_cast<Index>(count));
}

double stepsDone(const Model& model) { return static_cast<double>(model.step); }
double passesBegun(const Model& model) { return model.passesBegun; }
void setCounters(Model& model, double steps, double passes) {
  model.step = static_cast<std::int64_t>(steps);
  model.passesBegun = static_cast<std::uint32_t>(passes);
}
int average(const Model& model) { return static_cast<int>(model.average); }
void setAverage(Model& model, int average) { model.average = static_cast<Model::Average>(average); }
Pointer optimizerState(Model& model) { return address(model.optimizerState().data()); }
double optimizerStateSize(Model& model) { return static_cast<double>(model.optimizerState().size()); }

Trainer* newTrainer(Model& model, const SampleAddresses& at, double batchSize, bool shuffle, double batchesPerEpoch) {
  return new Trainer(model, samples(at), static_cast<Index>(batchSize), shuffle, static_cast<Index>(batchesPerEpoch));
}
void seek(Trainer& trainer, double batch, double passBatch, double rows, double loss, Pointer accumulators) {
  trainer.seek(static_cast<Index>(batch), static_cast<Index>(passBatch),
               totalsOf(trainer.model(), rows, loss, accumulators));
}
void run(Trainer& trainer, double maxBatches, double budgetMs, Pointer rates) {
  trainer.run(static_cast<Index>(maxBatches), budgetMs, reinterpret_cast<const double*>(rates));
}
double batch(const Trainer& trainer) { return static_cast<double>(trainer.batch()); }
double passBatch(const Trainer& trainer) { return static_cast<double>(trainer.passBatch()); }
double batchesPerEpoch(const Trainer& trainer) { return static_cast<double>(trainer.batchesPerEpoch()); }

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
  static const char* const kOptionKinds[] = {"number", "integer", "flag"};
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
            object.set("fullBatch", entry.fullBatch());
            object.set("options", described(entry.options, [](const OptimizerOption& option, val& field) {
                         field.set("kind", std::string(kOptionKinds[static_cast<int>(option.kind)]));
                         put(field, "default", option.fallback);
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
      .field("classes", &SampleAddresses::classes)
      .field("weights", &SampleAddresses::weights)
      .field("augmentation", &SampleAddresses::augmentation);

  emscripten::class_<Model>("Model")
      .constructor(&newModel, emscripten::allow_raw_pointers())
      .function("addLayer", &addLayer)
      .function("compile", &compile)
      .function("adapt", &adapt)
      .function("converged", &Model::converged)
      .function("endTraining", &Model::endTraining)
      .function("predict", &predict)
      .function("accumulatorSize", &accumulatorSize)
      .function("forward", &forward)
      .function("lossAndGradients", &lossAndGradients)
      .function("gradientCheck", &check)
      .function("gradientNorms", &modelGradientNorms)
      .function("inputGradient", &inputGradient)
      .function("sharpness", &modelSharpness)
      .function("setLearningRate", &Model::setLearningRate)
      .function("firstNonFinite", &nonFinite)
      .function("stepsDone", &stepsDone)
      .function("passesBegun", &passesBegun)
      .function("setCounters", &setCounters)
      .function("optimizerState", &optimizerState)
      .function("optimizerStateSize", &optimizerStateSize)
      .function("resumeTraining", &Model::resumeTraining)
      .function("average", &average)
      .function("setAverage", &setAverage)
      .function("address", &modelAddress)
      .function("row", &row)
      .function("parameters", &parameters)
      .function("state", &state)
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
      .function("results", &results<Trainer>)
      .function("totals", &totals<Trainer>);

  emscripten::class_<Evaluator>("Evaluator")
      .constructor(&newEvaluator, emscripten::allow_raw_pointers())
      .function("restart", &Evaluator::restart)
      .function("run", &runEvaluator)
      .function("train", &trainBatch)
      .function("seek", &seekEvaluator)
      .function("results", &results<Evaluator>)
      .function("totals", &totals<Evaluator>);

  emscripten::function("augment", &augment);
  emscripten::function("catalogue", &catalogue);
  emscripten::function("optimizerSlots", &slotsOf);
  emscripten::function("randomDirection", &drawDirection);

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
