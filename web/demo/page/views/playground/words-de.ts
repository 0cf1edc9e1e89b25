/** Die Spielwiese auf Deutsch. */
import { settingText, weightText, wholeText } from './figures.js';
import type { Place } from './inputs.js';
import type { PlaygroundWords } from './words.js';

const CLASSES = ['B, blaue Quadrate', 'A, orange Scheiben'];
const place = ({ x, y }: Place): string => `x₁ ${settingText(x)}, x₂ ${settingText(y)}`;

export const de: PlaygroundWords = {
  title: 'Spielwiese',
  lede: 'Zwei Zahlen hinein, eine heraus: klein genug, um jede Einheit und jedes Gewicht zu sehen und was daraus wird.',
  link: 'Die Adresse dieser Seite enthält alles: kopiere sie, und wer sie öffnet, bekommt diesen Lauf, auf einem gleichen Prozessor bis aufs Bit.',
  tooLongForLink:
    'Dieser Lauf ist länger, als ein Link fassen kann, 200.000 Schritte und 100 Änderungen von Hand: die Adresse öffnet ihn an seinem Anfang.',
  run: {
    play: 'Start',
    pause: 'Pause',
    step: 'Schritt',
    epoch: 'Epoche',
    reset: 'Zurück',
    speed: 'Tempo',
    speeds: { step: 'ein Schritt je Bild', epoch: 'eine Epoche je Bild', full: 'so schnell es geht' },
    ready: 'Bereit: drücke Start oder mach einen Schritt.',
    changedFirst: 'Bereit, mit Gewichten, die von Hand geändert sind.',
    playing: 'Es lernt.',
    onTheWay: (step) => `Auf dem Weg zu Schritt ${step}.`,
    paused: (epoch) => `Angehalten nach Epoche ${epoch}.`,
    pausedWithin: (epoch, step, steps) => `Angehalten nach Epoche ${epoch} und ${step} von ${steps} Schritten.`,
    diverged: (epoch) =>
      `Es ist divergiert: in Epoche ${epoch} ist der Verlust unendlich oder keine Zahl mehr. Nimm eine kleinere Lernrate oder andere Eingänge als die Quadrate und drücke Zurück.`,
    converged: (epoch) =>
      `Fertig nach Epoche ${epoch}: von hier findet dieser Optimierer nichts Besseres. Ein anderer Startwert vielleicht.`,
    noInputs: 'Es sieht nichts: schalte einen Eingang ein.',
    noPoints: 'Noch gibt es nichts zu lernen: setze Punkte beider Klassen.',
    noTraining: 'Alle Punkte sind zurückgehalten: halte weniger zurück oder setze mehr.',
  },
  figures: { epoch: 'Epoche', training: 'Trainingsverlust', validation: 'Validierungsverlust', bound: 'Grenze 2/λ' },
  losses: {
    title: 'Verlust',
    training: 'Training',
    validation: 'Validierung',
    earlier: 'früher',
    table: 'Dasselbe als Tabelle',
    chart: (epoch, training, validation) =>
      `Verlust über ${epoch} Epochen, jetzt ${training} im Training, ${validation} in der Validierung. Die Tabelle darunter hat die Zahlen.`,
  },
  rates: {
    title: 'Lernrate',
    rate: 'Rate',
    bound: 'Grenze 2/λ',
    note: 'Über 2/λ, mit λ als größter Krümmung des Verlusts, führt ein Schritt des einfachen Gradientenabstiegs auf allen Punkten bergauf.',
    chart: (rate, bound) => `Lernrate ${rate}, ihre Grenze 2/λ jetzt ${bound}.`,
  },
  data: {
    title: 'Daten',
    which: 'Welche Punkte es lernt',
    kinds: {
      circle: 'Kreis',
      xor: 'XOR',
      gaussian: 'Gauß',
      spiral: 'Spirale',
      plane: 'Hang',
      hills: 'Hügel',
      own: 'Eigene',
    },
    noise: 'Rauschen',
    points: 'Punkte',
    validation: 'Zurückgehalten',
    percent: (value) => `${value} %`,
    share: (training, held) => `${training} zum Lernen, ${held} zurückgehalten`,
    renew: 'Anderer Startwert',
  },
  own: {
    next: 'Nächster Punkt',
    names: ['B', 'A'],
    empty: 'Tippe oder klicke hier, um Punkte zu setzen.',
    keys: 'Mit der Tastatur: geh in die Ebene. Pfeile bewegen, mit Umschalt fein; Leertaste setzt, A und B wählen, Entf nimmt zurück.',
    undo: 'Rückgängig',
    clear: 'Leeren',
    full: 'Mehr Punkte fasst eine Adresse nicht.',
    at: place,
    chosen: (value) => `Klasse ${CLASSES[value]}`,
    placed: (value, at) => `${value === 1 ? 'A' : 'B'} gesetzt bei ${place(at)}`,
    undone: 'Zurückgenommen',
  },
  settings: {
    title: 'Training',
    activation: 'Aktivierung',
    initializer: 'Erste Gewichte',
    optimizer: 'Optimierer',
    learningRate: 'Lernrate',
    momentum: 'Momentum',
    l1: 'L1-Strafe',
    l2: 'L2-Strafe',
    batchSize: 'Batchgröße',
    seed: 'Startwert',
  },
  wrong: {
    number: ({ low, high, isWhole }) =>
      `Eine ${isWhole ? 'ganze ' : ''}Zahl von ${settingText(low)} bis ${wholeText(high)}.`,
    weight: 'Eine Zahl von −1000 bis 1000.',
  },
  diagram: {
    title: 'Netz',
    inputs: 'Eingänge',
    output: 'Ausgang',
    layer: (layer) => `Schicht ${layer}`,
    unit: (layer, unit) => `Schicht ${layer}, Einheit ${unit}`,
    short: (layer, unit) => `${layer}.${unit}`,
    more: (layer) => `Schicht ${layer}: eine Einheit mehr`,
    fewer: (layer) => `Schicht ${layer}: eine Einheit weniger`,
    layers: {
      more: 'Eine verborgene Schicht mehr',
      fewer: 'Eine verborgene Schicht weniger',
      count: (count) => (count === 1 ? '1 verborgene Schicht' : `${count} verborgene Schichten`),
    },
    gradient: 'Gradient',
    gradientNorm: (norm) => `Norm des Gradienten ihrer Gewichte, ‖∂L/∂W‖: ${norm}`,
    hint: 'Orange, durchgezogen: ein Gewicht über 0; blau, gestrichelt: darunter. Drücke eine Linie, um es zu ändern.',
    weight: (where, value) => `${where}: ${weightText(value)}. Drücke, um es zu ändern.`,
  },
  unit: {
    input: (text) => `Eingang ${text}`,
    inputOn: 'Das Netz sieht ihn. Drücke, um ihn auszuschalten.',
    inputOff: 'Das Netz sieht ihn nicht. Drücke, um ihn einzuschalten.',
    edit: 'Das sind ihre Gewichte, wie sie gerade sind. Schreibe andere.',
    formula: 'Formel der Einheit',
    weight: 'Gewicht',
    weightOf: (source) => `Gewicht von ${source}`,
    bias: 'Bias',
  },
  plane: {
    label: (what, training, held) =>
      `${what} über der Ebene, x₁ nach rechts und x₂ nach oben, von −6 bis 6. ${training} Punkte zum Lernen, ${held} zurückgehalten.`,
    own: 'Hier setzt du Punkte.',
    legend: {
      one: 'A (1)',
      zero: 'B (0)',
      held: 'Umriss: zurückgehalten',
      line: 'Linie: in der Mitte zwischen den Klassen',
      middle: (value) => `Linie: ${value}`,
      values: 'von −1, blau, bis 1, orange',
    },
  },
};
