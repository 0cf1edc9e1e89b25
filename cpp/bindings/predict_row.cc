// Predictions of one row, exported by name, because a call through embind leaves garbage, and a prediction in every
// frame must not.
#include <emscripten/emscripten.h>

#include "mlp/model.h"

extern "C" EMSCRIPTEN_KEEPALIVE int predictRow(mlp::Model* model) { return model->predictRow(); }
