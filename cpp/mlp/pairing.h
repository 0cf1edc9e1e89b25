// Combinations of loss, metrics, optimizer and layers that would run, but with meaningless results.
#pragma once

#include <string>
#include <vector>

#include "mlp/metric.h"
#include "mlp/network.h"
#include "mlp/optimizer.h"

namespace mlp {

// A sentence about the first such combination, which says what to take instead; empty if there is none.
std::string pairingFault(const Network& network, const Loss& loss, const std::vector<MetricChoice>& metrics,
                         const Optimizer& optimizer);

}  // namespace mlp
