#include "mlp/error.h"

#include <stdexcept>

namespace mlp {

void fail(const std::string& message) { throw std::invalid_argument(message); }

}  // namespace mlp
