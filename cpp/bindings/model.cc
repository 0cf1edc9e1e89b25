// Models, and the functions that train, judge and examine them.
#include <emscripten/bind.h>

#include "bindings/options.h"
#include "bindings/samples.h"
#include "mlp/insight/gradient_check.h"
#include "mlp/insight/gradient_norms.h"
#include "mlp/insight/nonfinite.h"
#include "mlp/insight/random_direction.h"
#include "mlp/insight/sharpness.h"
#include "mlp/pairing.h"
#include "mlp/training/evaluator.h"
#include "mlp/training/trainer.h"

namespace mlp::bindings {
namespace {

double asNumber(Size size) { return static_cast<double>(size); }
Index asIndex(double number) { return static_cast<Index>(number); }

// --- Building

Model* newModel(double features, double seed) {
  return new Model(static_cast<Index>(features), static_cast<std::uint64_t>(seed));
}
void addLayer(Model& model, const val& layer) { model.network.append(newLayer(model.network.outputs(), layer)); }
double buildBytes(const Model& model) { return asNumber(model.network.buildBytes()); }
void build(Model& model) { model.network.build(); }

std::vector<MetricChoice> metricsOf(const val& metrics) {
  std::vector<MetricChoice> choices(static_cast<std::size_t>(number(metrics, "length")));
  for (std::size_t i = 0; i < choices.size(); ++i) choices[i] = metricOf(metrics[i]);
  return choices;
}
// As a value, because what lies on the heap when the core refuses is never freed.
std::string compileFault(const Model& model, const val& loss, const val& metrics, const val& optimizer) {
  LossOptions unused;
  return pairingFault(model.network, lossOf(loss, unused), metricsOf(metrics), optimizerOf(optimizer));
}
void compile(Model& model, const val& loss, const val& metrics, const val& optimizer) {
  LossOptions lossOptions;
  const Loss& chosen = lossOf(loss, lossOptions);
  model.compile(chosen, lossOptions, metricsOf(metrics), optimizerOf(optimizer), optimizerOptionsOf(optimizer));
}
double compileBytes(const Model& model, double metrics, const val& optimizer) {
  const auto count = static_cast<std::size_t>(metrics);
  const Size choices = static_cast<Size>(count * sizeof(MetricChoice));  // the list that compile() above makes
  return asNumber(choices + model.compileBytes(count, optimizerOf(optimizer), optimizerOptionsOf(optimizer)));
}
double slotsOf(const val& config) { return Model::stateSlots(optimizerOf(config), optimizerOptionsOf(config)); }

// --- Passes

void adapt(Model& model, const SampleAddresses& at, double batchSize) {
  model.adapt(samplesAt(at), asIndex(batchSize));
}
double adaptBytes(const Model& model, const SampleAddresses& at, double batchSize) {
  return asNumber(model.adaptBytes(samplesAt(at), asIndex(batchSize)));
}
void predict(Model& model, const SampleAddresses& samples, double batchSize, Pointer outputs, double first,
             double last) {
  model.predict(samplesAt(samples), asIndex(batchSize), at<Scalar>(outputs), static_cast<std::size_t>(first),
                static_cast<std::size_t>(last));
}
double predictBytes(const Model& model, const SampleAddresses& at, double batchSize, double first) {
  return asNumber(model.predictBytes(samplesAt(at), asIndex(batchSize), static_cast<std::size_t>(first)));
}
Pointer row(Model& model) { return address(model.row()); }
double rowBytes(const Model& model) { return asNumber(model.rowBytes()); }
Pointer modelAddress(Model& model) { return reinterpret_cast<Pointer>(&model); }

double wholeBatchBytes(const Model& model, const SampleAddresses& at) {
  return asNumber(model.wholeBatchBytes(samplesAt(at)));
}
void forward(Model& model, const SampleAddresses& at) { model.network.forward(model.wholeBatch(samplesAt(at)).x()); }
double lossAndGradients(Model& model, const SampleAddresses& at) {
  const Batcher batch = model.wholeBatch(samplesAt(at));
  return model.network.lossAndGradients(batch.x(), batch.targets(), model.objective());
}
void inputGradient(Model& model, Pointer units, bool logits, Pointer to) {
  model.network.inputGradient(at<const std::int32_t>(units), logits, at<Scalar>(to));
}

// --- Insight

val check(Model& model, const SampleAddresses& at, double sampleCount, double floorShare) {
  const Batcher batch = model.wholeBatch(samplesAt(at));
  const GradientCheck found =
      gradientCheck(model.network, batch.x(), batch.targets(), model.objective(), asIndex(sampleCount), floorShare);
  val object = val::object();
  put(object, "worstRelativeError", found.worstRelativeError);
  put(object, "parameter", asNumber(found.parameter));
  put(object, "analytic", found.analytic);
  put(object, "numeric", found.numeric);
  put(object, "checked", asNumber(found.checked));
  put(object, "skipped", asNumber(found.skipped));
  return object;
}
double checkBytes(const Model& model, const SampleAddresses& at) {
  const Samples samples = samplesAt(at);
  return asNumber(model.wholeBatchBytes(samples) + gradientCheckBytes(model.network, model.objective(), samples.rows));
}

val modelSharpness(Model& model, const SampleAddresses& at, int maxIterations, double tolerance) {
  const Batcher batch = model.wholeBatch(samplesAt(at));
  const Sharpness found =
      sharpness(model.network, batch.x(), batch.targets(), model.objective(), maxIterations, tolerance);
  val object = val::object();
  put(object, "lambdaMax", found.lambdaMax);
  put(object, "iterations", static_cast<double>(found.iterations));
  put(object, "converged", found.converged);
  return object;
}
double modelSharpnessBytes(const Model& model, const SampleAddresses& at, int maxIterations) {
  const Samples samples = samplesAt(at);
  return asNumber(model.wholeBatchBytes(samples) + sharpnessBytes(model.network, samples.rows, maxIterations));
}

val modelGradientNorms(Model& model, const SampleAddresses& at) {
  const Batcher batch = model.wholeBatch(samplesAt(at));
  val array = val::array();
  for (const LayerNorms& layer : gradientNorms(model.network, batch.x(), batch.targets(), model.objective())) {
    val object = val::object();
    put(object, "delta", layer.delta);
    put(object, "kernelGrad", layer.kernelGrad);
    put(object, "biasGrad", layer.biasGrad);
    append(array, object);
  }
  return array;
}

val nonFinite(const Model& model) {
  const NonFinite found = firstNonFinite(model.network);
  val object = val::object();
  put(object, "layer", asNumber(found.layer));
  put(object, "parameter", asNumber(found.parameter));
  return object;
}

void drawDirection(double seed, int number, Pointer to, double count) {
  randomDirection(static_cast<std::uint64_t>(seed), static_cast<std::uint32_t>(number), at<Scalar>(to), asIndex(count));
}

Pointer parameters(Model& model) { return address(model.network.parameters().data()); }
Pointer state(Model& model) { return address(model.network.state().data()); }
Pointer gradients(Model& model) { return address(model.network.gradients().data()); }
Pointer zOf(Model& model, int layer) { return address(model.network.z(static_cast<std::size_t>(layer)).data()); }
Pointer aOf(Model& model, int layer) { return address(model.network.a(static_cast<std::size_t>(layer)).data()); }
Pointer deltaOf(Model& model, int layer) {
  return address(model.network.delta(static_cast<std::size_t>(layer)).data());
}

// --- Training

double stepsDone(const Model& model) { return static_cast<double>(model.step); }
double passesBegun(const Model& model) { return model.passesBegun; }
void setCounters(Model& model, double steps, double passes) {
  model.step = static_cast<std::int64_t>(steps);
  model.passesBegun = static_cast<std::uint32_t>(passes);
}
std::string average(const Model& model) { return std::string(model.averageName()); }
void setAverage(Model& model, const std::string& name) {
  if (!model.setAverage(name)) unknown(name);
}
Pointer optimizerState(Model& model) { return address(model.optimizerState().data()); }
double optimizerStateSize(Model& model) { return asNumber(model.optimizerState().size()); }
double totalsBytes(const Model& model) { return asNumber(model.totalsBytes()); }

// [rows, mean loss, metrics …]
template <class Judge>
val results(const Judge& judge) {
  const Model& model = judge.model();
  val array = val::array();
  append(array, asNumber(judge.totals().rows));
  append(array, model.meanLoss(judge.totals()));
  for (std::size_t i = 0; i < model.metricCount(); ++i) append(array, model.result(i, judge.totals()));
  return array;
}

// Totals as numbers and an address. `metrics`: the address of `count` doubles.
struct TotalsAddresses {
  double rows, loss;
  Pointer metrics;
  double count;
};
template <class Judge>
TotalsAddresses totals(const Judge& judge) {
  const Totals& totals = judge.totals();
  return {asNumber(totals.rows), totals.loss, reinterpret_cast<Pointer>(totals.metrics.data()),
          static_cast<double>(totals.metrics.size())};
}
Totals totalsAt(const TotalsAddresses& addresses) {
  const double* const first = at<const double>(addresses.metrics);
  return {asIndex(addresses.rows), addresses.loss, std::vector<double>(first, first + asIndex(addresses.count))};
}
bool acceptsTotals(const Model& model, const TotalsAddresses& addresses) {
  return model.accepts(totalsAt(addresses).metrics);
}

Evaluator* newEvaluator(Model& model, const SampleAddresses& at, double batchSize) {
  return new Evaluator(model, samplesAt(at), asIndex(batchSize));
}
double evaluatorBytes(const Model& model, const SampleAddresses& at, double batchSize) {
  return asNumber(Evaluator::bytes(model, samplesAt(at), asIndex(batchSize)));
}
void runEvaluator(Evaluator& evaluator, double count) { evaluator.run(asIndex(count)); }
void seekEvaluator(Evaluator& evaluator, const TotalsAddresses& to) { evaluator.seek(totalsAt(to)); }

Trainer* newTrainer(Model& model, const SampleAddresses& at, double batchSize, bool shuffle, double batchesPerEpoch) {
  return new Trainer(model, samplesAt(at), asIndex(batchSize), shuffle, asIndex(batchesPerEpoch));
}
Trainer* newBatchTrainer(Model& model, double batchesPerEpoch) { return new Trainer(model, asIndex(batchesPerEpoch)); }
double trainerBytes(const Model& model, const SampleAddresses& at, double batchSize, bool shuffle,
                    const Augmentation& augmentation) {
  return asNumber(Trainer::bytes(model, samplesAt(at), asIndex(batchSize), shuffle,
                                 augmentation.height > 0 ? &augmentation : nullptr));
}
void seek(Trainer& trainer, double batch, double passBatch, const TotalsAddresses& to) {
  trainer.seek(asIndex(batch), asIndex(passBatch), totalsAt(to));
}
void run(Trainer& trainer, double maxBatches, double budgetMs, Pointer rates) {
  trainer.run(asIndex(maxBatches), budgetMs, at<const double>(rates));
}
void train(Trainer& trainer, const SampleAddresses& batch) { trainer.train(samplesAt(batch)); }
double trainBytes(const Trainer& trainer, const SampleAddresses& batch) {
  return asNumber(trainer.trainBytes(samplesAt(batch)));
}
double batch(const Trainer& trainer) { return asNumber(trainer.batch()); }
double passBatch(const Trainer& trainer) { return asNumber(trainer.passBatch()); }
double batchesPerEpoch(const Trainer& trainer) { return asNumber(trainer.batchesPerEpoch()); }

EMSCRIPTEN_BINDINGS(model) {
  emscripten::value_object<TotalsAddresses>("Totals")
      .field("rows", &TotalsAddresses::rows)
      .field("loss", &TotalsAddresses::loss)
      .field("metrics", &TotalsAddresses::metrics)
      .field("count", &TotalsAddresses::count);

  emscripten::class_<Model>("Model")
      .constructor(&newModel, emscripten::allow_raw_pointers())
      .function("addLayer", &addLayer)
      .function("buildBytes", &buildBytes)
      .function("build", &build)
      .function("compileFault", &compileFault)
      .function("compile", &compile)
      .function("compileBytes", &compileBytes)
      .function("adapt", &adapt)
      .function("adaptBytes", &adaptBytes)
      .function("predict", &predict)
      .function("predictBytes", &predictBytes)
      .function("row", &row)
      .function("rowBytes", &rowBytes)
      .function("address", &modelAddress)
      .function("wholeBatchBytes", &wholeBatchBytes)
      .function("forward", &forward)
      .function("lossAndGradients", &lossAndGradients)
      .function("inputGradient", &inputGradient)
      .function("gradientCheck", &check)
      .function("gradientCheckBytes", &checkBytes)
      .function("gradientNorms", &modelGradientNorms)
      .function("sharpness", &modelSharpness)
      .function("sharpnessBytes", &modelSharpnessBytes)
      .function("firstNonFinite", &nonFinite)
      .function("parameters", &parameters)
      .function("state", &state)
      .function("gradients", &gradients)
      .function("z", &zOf)
      .function("a", &aOf)
      .function("delta", &deltaOf)
      .function("setLearningRate", &Model::setLearningRate)
      .function("converged", &Model::converged)
      .function("endTraining", &Model::endTraining)
      .function("resumeTraining", &Model::resumeTraining)
      .function("stepsDone", &stepsDone)
      .function("passesBegun", &passesBegun)
      .function("setCounters", &setCounters)
      .function("average", &average)
      .function("setAverage", &setAverage)
      .function("optimizerState", &optimizerState)
      .function("optimizerStateSize", &optimizerStateSize)
      .function("acceptsTotals", &acceptsTotals)
      .function("totalsBytes", &totalsBytes)
      .function("evaluatorBytes", &evaluatorBytes)
      .function("trainerBytes", &trainerBytes);

  emscripten::class_<Trainer>("Trainer")
      .constructor(&newTrainer, emscripten::allow_raw_pointers())
      .constructor(&newBatchTrainer, emscripten::allow_raw_pointers())
      .function("augment", &Trainer::augment)
      .function("beginEpoch", &Trainer::beginEpoch)
      .function("beginPass", &Trainer::beginPass)
      .function("seek", &seek)
      .function("run", &run)
      .function("train", &train)
      .function("trainBytes", &trainBytes)
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
      .function("seek", &seekEvaluator)
      .function("results", &results<Evaluator>)
      .function("totals", &totals<Evaluator>);

  emscripten::function("optimizerSlots", &slotsOf);
  emscripten::function("randomDirection", &drawDirection);
}

}  // namespace
}  // namespace mlp::bindings
