// Allocations: none in a step, and no more bytes than the core says beforehand.
#include <gtest/gtest.h>

#include <functional>

#include "mlp/insight/gradient_check.h"
#include "mlp/insight/gradient_norms.h"
#include "mlp/insight/sharpness.h"
#include "mlp/training/evaluator.h"
#include "mlp/training/trainer.h"
#include "support/layers.h"

// Every allocation of the process is counted. Eigen allocates by malloc and the standard library by operator new, which
// calls malloc too: in glibc, whose own functions have second names, counting these counts all. Sanitizers bring their
// own, and other C libraries have no second names: there the tests that ask are skipped.

namespace {

struct Counted {
  long allocations = 0;
  long long live = 0, peak = 0;  // bytes

  void add(long long bytes) {
    live += bytes;
    if (live > peak) peak = live;
  }
} counted;

constexpr const char* kCannotCount = "this build cannot count allocations";

}  // namespace

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#define MLP_COUNTS_ALLOCATIONS 1
#include <malloc.h>
extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* __libc_realloc(void* pointer, std::size_t size);
extern "C" void __libc_free(void* pointer);
extern "C" void* malloc(std::size_t size) {
  ++counted.allocations;
  void* const pointer = __libc_malloc(size);
  counted.add(static_cast<long long>(malloc_usable_size(pointer)));
  return pointer;
}
// Counted as if the block always moved, because it does if there is no room behind it: then old and new exist at once.
extern "C" void* realloc(void* pointer, std::size_t size) {
  ++counted.allocations;
  const long long old = pointer ? static_cast<long long>(malloc_usable_size(pointer)) : 0;
  void* const moved = __libc_realloc(pointer, size);
  counted.add(static_cast<long long>(malloc_usable_size(moved)));
  counted.add(-old);
  return moved;
}
extern "C" void free(void* pointer) {
  if (pointer) counted.add(-static_cast<long long>(malloc_usable_size(pointer)));
  __libc_free(pointer);
}
#else
#define MLP_COUNTS_ALLOCATIONS 0
#endif

namespace mlp {
namespace {

TEST(MemoryTest, NothingIsAllocatedInATrainingStepOnceTheFirstBatchHasRun) {
  if (!MLP_COUNTS_ALLOCATIONS) GTEST_SKIP() << kCannotCount;
  const long atStart = counted.allocations;
  { const Matrix some(100, 100); }
  std::vector<int>* alsoCounted = new std::vector<int>(1000);
  delete alsoCounted;
  ASSERT_GE(counted.allocations - atStart, 3) << "the counter works for Eigen and for operator new";

  Random random = testRandom(52);
  const Matrix x = randomNormal(random, 50, 6), y = randomTargets(random, TargetKind::kProbability, 50, 3);
  const std::vector<std::int32_t> classes(50, 1);
  for (const Optimizer& optimizer : optimizers()) {
    for (const bool shuffle : {false, true}) {
      for (const bool byClass : {false, true}) {
        OptimizerOptions options;
        options.momentum = 0.9;
        Model model = makeModel(6, {{17, "relu"}, {9, "gelu"}, {5, "softmax", false}, {3, "softmax"}},
                                byClass ? "sparseCategoricalCrossentropy" : "categoricalCrossentropy", optimizer.name,
                                options, {"accuracy", "meanAbsoluteError"});
        const Samples samples = samplesOf(x, byClass ? nullptr : &y, byClass ? &classes : nullptr);
        Trainer trainer(model, samples, 8, shuffle);
        trainer.beginEpoch();
        trainer.run(1, 1e9);
        const long before = counted.allocations;
        trainer.run(3, 1e9);
        trainer.run(100, 1e9);  // the last batch has two rows
        trainer.beginEpoch();
        trainer.run(100, 1e9);
        EXPECT_EQ(counted.allocations - before, 0) << optimizer.name << (shuffle ? ", shuffled" : "");
      }
    }
  }
}

TEST(MemoryTest, NothingIsAllocatedInAForwardPassThatFits) {
  if (!MLP_COUNTS_ALLOCATIONS) GTEST_SKIP() << kCannotCount;
  std::vector<LayerSpec> layers;
  for (const Activation& activation : activations()) layers.push_back({4, activation.name});
  Network network = makeNetwork(3, layers);
  const Matrix x = Matrix::Ones(10, 3);
  network.reserve(10);
  const long before = counted.allocations;
  network.forward(view(x));
  network.forward(ConstMatrixMap(x.data(), 3, 3));
  EXPECT_EQ(counted.allocations - before, 0);
}

// --- Bytes that the core says beforehand

// Room for names, headers of blocks and rounding up, for which the web build keeps 64 kB (heap.ts).
constexpr Size kSmall = 8192;

// Expects that `run` allocates at most the bytes that were said, and that these were at most `factor` times the true
// ones.
void expectWithin(const std::string& what, Size said, double factor, const std::function<void()>& run) {
  const long long before = counted.live;
  counted.peak = before;
  run();
  const long long took = counted.peak - before;
  EXPECT_LE(took, said + kSmall) << what;
  EXPECT_LE(static_cast<double>(said), factor * static_cast<double>(took) + static_cast<double>(kSmall)) << what;
}

constexpr Index kRows = 300, kFeatures = 144;

// The same numbers in every form that samples have.
struct Forms {
  Matrix x, targets;
  std::vector<std::uint8_t> bytes;
  std::vector<std::int32_t> rowStarts{0}, columns, classes;
  std::vector<Scalar> values, weights;

  explicit Forms(double density) : x(kRows, kFeatures), weights(kRows, Scalar(1)) {
    Random random = testRandom(910);
    for (Index row = 0; row < kRows; ++row) {
      for (Index j = 0; j < kFeatures; ++j) {
        const std::uint8_t byte = random.uniform() < density ? static_cast<std::uint8_t>(1 + random.below(255)) : 0;
        bytes.push_back(byte);
        x(row, j) = byte;
        if (byte == 0) continue;
        columns.push_back(static_cast<std::int32_t>(j));
        values.push_back(byte);
      }
      rowStarts.push_back(static_cast<std::int32_t>(columns.size()));
      classes.push_back(static_cast<std::int32_t>(random.below(3)));
    }
    targets = oneHotRows(classes, 3);
  }

  std::vector<std::pair<std::string, Samples>> all() const {
    Samples base;
    base.rows = kRows;
    base.features = kFeatures;
    Samples dense = base, asBytes = base, sparse = base;
    dense.dense = x.data();
    dense.targets = targets.data();
    asBytes.bytes = bytes.data();
    asBytes.classes = classes.data();
    sparse.rowStarts = rowStarts.data();
    sparse.columns = columns.data();
    sparse.values = values.data();
    sparse.targets = targets.data();
    dense.weights = sparse.weights = weights.data();
    return {{"dense", dense}, {"bytes", asBytes}, {"sparse", sparse}};
  }
};

// All kinds of layers, but that lbfgs refuses those that draw.
Model modelFor(const std::string& optimizer = "adam") {
  Model model(kFeatures, 1);
  addLayers(model.network, {{200, "relu"}});
  for (const LayerCase& each : everyKind()) {
    std::unique_ptr<Layer> layer = each.make(200);
    if (each.name != "dense" && !(optimizer == "lbfgs" && layer->draws())) model.network.append(std::move(layer));
  }
  model.network.build();
  addLayers(model.network, {{3, "softmax"}});
  model.compile(lossCalled("categoricalCrossentropy"), {},
                {{&metricCalled("accuracy"), {}}, {&metricCalled("auc"), {}}}, optimizerCalled(optimizer),
                optimizerCalled(optimizer).defaults());
  return model;
}

TEST(MemoryTest, ModelsAndOptimizersTakeWhatIsSaid) {
  if (!MLP_COUNTS_ALLOCATIONS) GTEST_SKIP() << kCannotCount;
  Network network(kFeatures, 1);
  for (const Index units : {200, 300, 3}) {
    LayerOptions options = findLayerKind("dense")->defaults();
    options.inputs = network.outputs();
    options.units = units;
    network.append(findLayerKind("dense")->make(options));
  }
  expectWithin("build", network.buildBytes(), 1.01, [&] { network.build(); });
  LayerOptions drawn = findLayerKind("dense")->defaults();
  drawn.inputs = drawn.units = 300;
  drawn.kernelInitializer = &initializerCalled("orthogonal");
  Network orthogonal(300, 1);
  orthogonal.append(findLayerKind("dense")->make(drawn));
  expectWithin("orthogonal", orthogonal.buildBytes(), 1.01, [&] { orthogonal.build(); });
  for (const Optimizer& optimizer : optimizers()) {
    Model model = modelFor(optimizer.name);
    model.compile(lossCalled("meanSquaredError"), {}, {}, optimizerCalled("sgd"), {});  // it keeps nothing
    OptimizerOptions options = optimizer.defaults();
    options.momentum = 0.9;
    options.useEma = 1;
    expectWithin(optimizer.name, model.compileBytes(2, optimizer, options), 1.01, [&] {
      model.compile(lossCalled("meanSquaredError"), {}, {{&metricCalled("r2Score"), {}}, {&metricCalled("auc"), {}}},
                    optimizer, options);
    });
  }
}

TEST(MemoryTest, PartsOfAPredictionTakeWhatIsSaid) {
  if (!MLP_COUNTS_ALLOCATIONS) GTEST_SKIP() << kCannotCount;
  for (const double value : {0.0, 1.0}) {  // zeros go the sparse way in the first layer alone
    for (const std::size_t layer : {0, 1}) {
      Model model = modelFor();
      const Matrix x = Matrix::Constant(kRows, model.network.layers()[layer]->inputs(), static_cast<Scalar>(value));
      Samples samples;
      samples.rows = x.rows();
      samples.features = x.cols();
      samples.dense = x.data();
      const std::size_t last = model.network.layers().size() - 1;
      Matrix outputs(kRows, model.network.outputs());
      const double factor = layer == 0 && value == 0 ? 1.6 : 1.05;
      expectWithin("from layer " + std::to_string(layer), model.predictBytes(samples, 128, layer), factor,
                   [&] { model.predict(samples, 128, outputs.data(), layer, last); });
    }
  }
}

TEST(MemoryTest, PassesTakeWhatIsSaid) {
  if (!MLP_COUNTS_ALLOCATIONS) GTEST_SKIP() << kCannotCount;
  for (const double density : {0.05, 0.9}) {
    const Forms forms(density);
    // The factor for sparse batches is large, because the core counts them as if no number were zero.
    const double factor = density < 0.5 ? 1.6 : 1.05;
    for (const auto& [form, samples] : forms.all()) {
      const std::string of = " of " + form + " samples of density " + std::to_string(density);
      const Samples& all = samples;
      Matrix outputs(kRows, 3);
      {
        Model model = modelFor();
        expectWithin("predict" + of, model.predictBytes(all, 128), factor,
                     [&] { model.predict(all, 128, outputs.data()); });
        expectWithin("predict again" + of, model.predictBytes(all, 128), 1e9,
                     [&] { model.predict(all, 128, outputs.data()); });
      }
      {
        Model model = modelFor();
        expectWithin("adapt" + of, model.adaptBytes(all, 64), factor, [&] { model.adapt(all, 64); });
      }
      {
        Model model = modelFor();
        expectWithin("evaluate" + of, Evaluator::bytes(model, all, 100), factor, [&] {
          Evaluator evaluator(model, all, 100);
          evaluator.run(50);
          evaluator.run(kRows);
        });
      }
      {
        Model model = modelFor();
        expectWithin("gradientCheck" + of,
                     model.wholeBatchBytes(all) + gradientCheckBytes(model.network, model.objective(), kRows), factor,
                     [&] {
                       const Batcher batch = model.wholeBatch(all);
                       gradientCheck(model.network, batch.x(), batch.targets(), model.objective(), 2, 0.01);
                     });
      }
      {
        Model model = modelFor();
        expectWithin("sharpness" + of, model.wholeBatchBytes(all) + sharpnessBytes(model.network, kRows, 3), factor,
                     [&] {
                       const Batcher batch = model.wholeBatch(all);
                       sharpness(model.network, batch.x(), batch.targets(), model.objective(), 3, 1e-4);
                     });
      }
    }
  }
}

TEST(MemoryTest, TrainingTakesWhatIsSaid) {
  if (!MLP_COUNTS_ALLOCATIONS) GTEST_SKIP() << kCannotCount;
  Augmentation augmentation;
  augmentation.height = augmentation.width = 12;
  augmentation.shift = 1;
  augmentation.elasticAlpha = 8;
  for (const double density : {0.05, 0.9}) {
    const Forms forms(density);
    for (const auto& [form, samples] : forms.all()) {
      const Samples& all = samples;
      for (const bool shuffle : {false, true}) {
        for (const Augmentation* augmented : std::vector<const Augmentation*>{nullptr, &augmentation}) {
          for (const char* optimizer : {"adam", "lbfgs"}) {
            Model model = modelFor(optimizer);
            expectWithin(
                std::string(optimizer) + ", " + form + (shuffle ? ", shuffled" : "") + (augmented ? ", augmented" : ""),
                Trainer::bytes(model, all, 64, shuffle, augmented), density < 0.5 ? 2.2 : 1.1, [&] {
                  Trainer trainer(model, all, 64, shuffle);
                  if (augmented) trainer.augment(*augmented);
                  trainer.beginEpoch();
                  trainer.run(2, 1e9);
                  trainer.beginEpoch();
                  trainer.run(5, 1e9);
                });
          }
        }
      }
    }
  }
}

TEST(MemoryTest, ARowTakesWhatIsSaidAndThenNothing) {
  if (!MLP_COUNTS_ALLOCATIONS) GTEST_SKIP() << kCannotCount;
  Model model = modelFor();
  expectWithin("a row", model.rowBytes(), 1.6, [&] {
    model.row();
    EXPECT_TRUE(model.predictRow());
  });
  const long before = counted.allocations;
  std::fill_n(model.row(), kFeatures, Scalar(1));
  EXPECT_TRUE(model.predictRow()) << "a row without zeros, after one of nothing else";
  std::fill_n(model.row(), kFeatures, Scalar(2));
  EXPECT_TRUE(model.predictRow());
  EXPECT_LE(counted.allocations - before, 2) << "columns and values of the denser row";
}

TEST(MemoryTest, BatchesThatComeOneByOneTakeNothingOnceTheLargestWasThere) {
  if (!MLP_COUNTS_ALLOCATIONS) GTEST_SKIP() << kCannotCount;
  const Forms forms(0.05);
  Augmentation augmentation;
  augmentation.height = augmentation.width = 12;
  augmentation.rotation = 10;
  for (const auto& [form, samples] : forms.all()) {
    for (const bool augmented : {false, true}) {
      Model model = modelFor();
      Trainer trainer(model);
      if (augmented) trainer.augment(augmentation);
      trainer.beginEpoch();
      trainer.beginPass();
      const auto batch = [&, all = samples](Index rows) {
        Samples some = all;
        some.rows = rows;
        return some;
      };
      const std::string of = form + (augmented ? ", augmented" : "");
      expectWithin(of, trainer.trainBytes(batch(200)), 2.2, [&] { trainer.train(batch(200)); });
      trainer.beginEpoch();  // the scores of an epoch are kept for its area
      const long before = counted.allocations;
      trainer.train(batch(30));
      trainer.train(batch(200));
      EXPECT_EQ(counted.allocations - before, 0) << of;
    }
  }
}

TEST(MemoryTest, ProductsOfSparseSamplesNeedNoScratchForTheirFeatures) {
  constexpr Index kMany = 1 << 20;
  Network network = makeNetwork(kMany, {{8, "relu"}, {2, "linear"}});
  const Size withDense = network.reserveBytes(32, false), withSparse = network.reserveBytes(32, true);
  EXPECT_GT(withDense, 8 * kMany * static_cast<Size>(sizeof(Scalar))) << "a panel of the kernel";
  EXPECT_LT(withSparse, 16384);
  network.reserve(32, true);
  EXPECT_EQ(network.reserveBytes(32, true), 0);
  EXPECT_EQ(network.reserveBytes(32, false), withDense) << "a dense batch needs it all the same";
}

TEST(MemoryTest, WhatIsTooMuchForMemoryIsSaidInFull) {
  Network network = makeNetwork(1, {{1 << 20, "relu"}, {1, "linear"}});
  EXPECT_GT(network.reserveBytes(1 << 20, false), Size(3) * sizeof(Scalar) << 40) << "more than 32 bits hold";
}

}  // namespace
}  // namespace mlp
