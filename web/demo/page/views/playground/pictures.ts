/** Surfaces of inputs and units over the plane, from the network as it is, painted on the diagram's canvases. */
import type { ActivationName } from 'mlp-wasm';
import type { Diagram, UnitPlace } from './diagram.js';
import { UNIT_SIDE } from './diagram.js';
import { featuresOf, gridOf, INPUTS } from './inputs.js';
import type { InputName } from './inputs.js';
import type { Network } from './network.js';
import { PLANE_SIDE } from './plane.js';
import type { PlaneScene } from './plane.js';
import { isRegression } from './data.js';
import type { Settings } from './settings.js';
import { middleOf, scaleOf, SurfacePainter } from './surface.js';

/** The activation of a layer. */
export function activationOf({ layers, activation, data }: Settings, layer: number): ActivationName {
  if (layer < layers.length) return activation;
  return isRegression(data) ? 'linear' : 'sigmoid';
}

export class Pictures {
  readonly #painter = new SurfacePainter(UNIT_SIDE);
  readonly #small = gridOf(UNIT_SIDE);
  readonly #large = gridOf(PLANE_SIDE);
  readonly #inputs = featuresOf(this.#small, INPUTS);
  readonly #inputsLarge = featuresOf(this.#large, INPUTS);
  #features: { names: string; small: Float32Array; large: Float32Array } | undefined;

  /** Takes the colours of another theme. */
  renew(): void {
    this.#painter.renew();
  }

  paintInputs(diagram: Diagram): void {
    INPUTS.forEach((input, column) => {
      const scale = scaleOf(this.#inputs, column, INPUTS.length, 0);
      this.#painter.paint(diagram.canvasOf({ input })!, this.#inputs, column, INPUTS.length, scale);
    });
  }

  paintUnits(diagram: Diagram, network: Network | undefined, settings: Settings): void {
    const activations = network?.activations(this.#featuresOf(settings.inputs).small);
    [...settings.layers, 1].forEach((units, layer) => {
      for (let unit = 0; unit < units; unit++) {
        const context = diagram.canvasOf({ layer, unit })!;
        if (!activations) {
          context.clearRect(0, 0, UNIT_SIDE, UNIT_SIDE);
          continue;
        }
        const values = activations[layer]!;
        this.#painter.paint(context, values, unit, units, this.#scale(values, unit, units, layer, settings));
      }
    });
  }

  /** The surface of an input or a unit, large. */
  surfaceOf(place: UnitPlace, network: Network | undefined, settings: Settings): PlaneScene['surface'] {
    if ('input' in place) {
      const column = INPUTS.indexOf(place.input);
      const scale = scaleOf(this.#inputsLarge, column, INPUTS.length, 0);
      return { values: this.#inputsLarge, column, columns: INPUTS.length, scale };
    }
    if (!network) return undefined;
    const { layer, unit } = place;
    const columns = network.sizes[layer + 1]!;
    const values = network.activationsOf(layer, this.#featuresOf(settings.inputs).large);
    return { values, column: unit, columns, scale: this.#scale(values, unit, columns, layer, settings) };
  }

  /** The output's colours always mean the same; those of a hidden unit reach as far as it does. */
  #scale(
    values: Float32Array,
    unit: number,
    units: number,
    layer: number,
    settings: Settings,
  ): ReturnType<typeof scaleOf> {
    const middle = middleOf(activationOf(settings, layer));
    if (layer < settings.layers.length) return scaleOf(values, unit, units, middle);
    return { middle, reach: isRegression(settings.data) ? 1 : 0.5 };
  }

  #featuresOf(inputs: readonly InputName[]): { small: Float32Array; large: Float32Array } {
    const names = inputs.join();
    if (this.#features?.names !== names) {
      this.#features = { names, small: featuresOf(this.#small, inputs), large: featuresOf(this.#large, inputs) };
    }
    return this.#features;
  }
}
