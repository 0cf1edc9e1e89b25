// The core's names and options, which the build takes from its tables: see cpp/bindings/catalogue.cc.
import type { Catalogue } from './native.js';

declare const catalogue: Catalogue;
export default catalogue;
