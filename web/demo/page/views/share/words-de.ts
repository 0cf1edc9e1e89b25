/** German. */
import type { ShareWords } from './words.js';
import { whole } from '../../words/numbers.js';

/** The library speaks English alone. */
const ofLibrary = (text: string): string => `Die Bibliothek sagt: „${text}“`;

export const de: ShareWords = {
  title: 'Behalten und teilen',
  lede: 'Was du gemacht hast, für andere Menschen und andere Werkzeuge. Nichts verlässt diesen Browser, außer du sicherst oder schickst es.',
  copied: 'Kopiert.',
  notCopied: 'Der Browser lässt diese Seite nicht kopieren: Der Text ist markiert, kopier ihn selbst.',
  save: 'Sichern',
  library: ofLibrary,
  model: {
    title: 'Das Netz, für andere Werkzeuge',
    pretrained: (layers) =>
      `Das vortrainierte Netz, ${layers}. Sein letzter Ausgang ist für Zeichnungen, die keine Ziffern sind.`,
    trained: (layers) => `Dein Netz, ${layers}, wie es gerade ist.`,
    none: 'Es gibt noch kein Netz.',
    formats: {
      'mlp-wasm': ['mlp-wasm', 'safetensors: für loadModel aus dem npm-Paket und für diese Seite'],
      html: ['Eine Seite', 'eine HTML-Datei, die Ziffern zeichnen lässt und liest, ohne Netzverbindung'],
      'html-int8': ['Eine Seite, klein', 'dasselbe mit Gewichten von 8 Bit'],
      pytorch: ['PyTorch', 'Gewichte als safetensors und ein Programm, das sie lädt'],
      keras: ['Keras', 'Gewichte und ein Programm, das model.keras daraus macht'],
      tfjs: ['TensorFlow.js', 'model.json und weights.bin, für tf.loadLayersModel'],
      onnx: ['ONNX', 'für onnxruntime und alles andere, das ONNX liest'],
      sklearn: ['scikit-learn', 'ein MLPClassifier, durch Gewichte und ein Programm'],
      numpy: ['NumPy', 'Arrays für numpy.load'],
      javascript: ['JavaScript', 'ein Modul ohne Bibliothek: predict(x)'],
      'javascript-int8': ['JavaScript, klein', 'dasselbe mit Gewichten von 8 Bit'],
      c: ['C', 'eine Header-Datei, C99 und C++, die keinen Speicher anfordert'],
      'c-int8': ['C, klein', 'dasselbe mit Gewichten von 8 Bit, für Mikrocontroller'],
    },
    saveAs: (name) => `Für ${name} sichern`,
    about: (size) => `etwa ${size}`,
    making: (name) => `Macht die Datei für ${name} …`,
    saved: (file, size) => `${file} ist fertig, ${size}.`,
    failed: (name, message) => `${name}: Das geht nicht. ${message}`,
  },
  open: {
    title: 'Ein Netz öffnen',
    lede: 'Dateien dieser Werkzeuge und anderer, die dieselben Formate schreiben. Ein Netz mit 784 Eingängen, wo Tinte 1 ist, und 10 Ausgängen antwortet dann auf dieser Seite. Zusammengehörige Dateien werden zusammen gewählt.',
    choose: 'Dateien wählen',
    activation: 'Verborgene Schichten, wenn eine Datei nur Gewichte enthält',
    reading: (name) => `Liest ${name} …`,
    opened: (name, layers) =>
      `Jetzt antwortet ${name}: ${layers}. Train trainiert es weiter; Reset nimmt es wieder weg.`,
    running: 'Dein Netz wird gerade trainiert: halte das zuerst an.',
    failed: (name, message) => `${name} lässt sich nicht öffnen. ${message}`,
    remark: (remark) => {
      switch (remark.remark) {
        case 'softmax':
          return `Seine Ausgänge waren ${remark.activation}; Softmax macht Wahrscheinlichkeiten daraus.`;
        case 'no-digit':
          return 'Sein Ausgang für „keine Ziffer“ wurde weggelassen, weil das hier das vortrainierte Netz entscheidet.';
        case 'left-out':
          return `${remark.layer} wurde weggelassen: Es wirkt nur beim Training.`;
        case 'library':
          return ofLibrary(remark.text);
      }
    },
    misfit: (name, misfit) => {
      switch (misfit.misfit) {
        case 'inputs':
          return `${name} passt nicht: Es hat ${misfit.found} Eingänge, und eine Zeichnung hat 784 Pixel.`;
        case 'outputs':
          return `${name} passt nicht: Es hat ${misfit.found} Ausgänge, und es gibt 10 Ziffern.`;
        case 'layer':
          return `${name} passt nicht: Seine Schicht ${misfit.layer} ist von der Art ${misfit.kind}, und diese Seite zeigt dichte Schichten (dense).`;
        case 'activation':
          return `${name} passt nicht: Seine Schicht ${misfit.layer} hat die Aktivierung ${misfit.activation}, die diese Seite nicht zeigen kann.`;
        case 'last':
          return `${name} passt nicht: Seine letzte Aktivierung ist ${misfit.activation}, und daraus werden keine zehn Wahrscheinlichkeiten.`;
        case 'program':
          return `${name} enthält Gewichte für das Programm model.py daneben. Starte es und öffne, was es macht.`;
      }
    },
  },
  link: {
    title: 'Der Link',
    lede: 'Er enthält alle Einstellungen: Wer ihn öffnet, trainiert dasselbe Netz, bis aufs letzte Bit.',
    touched:
      'Er enthält die Einstellungen, mit denen dein Lauf endete. Weil unterwegs welche geändert wurden, oder das Netz deine Hand lernte, trainiert ein anderes Netz, wer ihn öffnet.',
    copy: 'Link kopieren',
    share: 'Teilen …',
    frame: 'Ein Rahmen für eine andere Seite',
    frameLede: 'Für den Unterricht oder einen Artikel: die Seite ohne Kopf und Fuß.',
    view: 'Er zeigt',
    copyFrame: 'Rahmen kopieren',
  },
  code: {
    title: 'Der Code dieses Laufs',
    lede: 'Dasselbe Training als Programm mit dem npm-Paket: dieselben Ziffern, dieselben Gewichte, bis aufs letzte Bit.',
    places: { node: 'Node', browser: 'Browser' },
    where: 'Das Programm läuft in',
    copy: 'Code kopieren',
    ofRun: 'Mit den Einstellungen deines Laufs.',
    ofFields: 'Mit den Einstellungen dieser Seite.',
    faulty: 'Die Einstellungen dieser Seite haben einen Fehler: berichtige ihn unter „Zeichnen & trainieren“.',
    opened: (name) => `Dein Lauf begann mit dem Netz aus ${name}, und das Programm beginnt mit einem neuen.`,
    touched:
      'Unterwegs wurden Einstellungen geändert, oder das Netz lernte deine Hand: Das Programm hat nur die Einstellungen vom Ende.',
  },
  pytorch: {
    asTheyAre: 'Seine Ziffern gehen mit, wie sie sind: Das Programm dort augmentiert sie nicht.',
    title: 'Weiter in PyTorch',
    lede: 'Dein Netz, der Zustand seines Optimizers und seine Ziffern in einem Ordner, mit einem Programm, das von hier weitermacht, auf einer GPU, wenn es eine gibt: torchrun --nproc_per_node=1 train.py',
    make: 'Ordner machen',
    cancel: 'Abbrechen',
    progress: 'Fortschritt des Ordners',
    none: 'Es braucht ein Netz von dir: trainiere zuerst eines.',
    running: 'Dein Netz wird gerade trainiert: beende das zuerst.',
    tooMany: (count, most) =>
      `Der Ordner wird für höchstens ${whole(most)} Ziffern gemacht, und dein Lauf hat ${whole(count)}.`,
    about: (count, size) => `${whole(count)} Ziffern: eine Datei von etwa ${size}.`,
    noFiles: 'Die Dateien von MNIST sind nicht mehr da: gib sie unter „Zeichnen & trainieren“ noch einmal.',
    digits: 'Macht die Ziffern …',
    making: 'Packt den Ordner …',
    saved: (file, size) => `${file} ist fertig, ${size}.`,
    cancelled: 'Abgebrochen.',
    failed: (message) => `Der Ordner wurde nichts. ${message}`,
  },
  pictures: {
    title: 'Bilder und Zahlen',
    lede: 'Von deinem Lauf, in den Farben dieser Seite. Das Protokoll enthält alle Zahlen der Diagramme.',
    log: 'Protokoll sichern (CSV)',
    charts: { loss: 'Verlust über die Epochen', accuracy: 'Genauigkeit über die Epochen' },
    training: 'Training',
    validation: 'Validierung',
    earlier: 'früher',
    kernels: 'Gewichte der ersten Schicht',
    confusion: 'Richtig und falsch gelesene Ziffern',
    digit: 'die Ziffer',
    readAs: 'wie sie gelesen wurde',
    saveAs: (title, kind) => `${title}: als ${kind} sichern`,
    saved: (file) => `${file} ist fertig.`,
    failed: (message) => `Das Bild wurde nichts. ${message}`,
    large: 'Für diesen Browser ist es zu groß.',
  },
  runs: {
    title: 'Deine Läufe',
    lede: 'Was du in diesem Browser trainiert hast. Angeheftete Läufe bleiben hinter den Linien des jetzigen; sonst der letzte.',
    none: 'Noch keiner. Ein Lauf wird aufgeschrieben, wenn er endet.',
    name: 'Name',
    nameOf: (moment) => `Name des Laufs von ${moment}`,
    settings: 'Einstellungen',
    accuracy: 'Genauigkeit',
    loss: 'Verlust',
    time: 'Zeit',
    pin: 'Anheften',
    restore: 'Einstellungen nehmen',
    remove: 'Löschen',
    undo: 'Löschen rückgängig',
    restored: (settings) => `Train beginnt mit ${settings}.`,
    locked: 'Dein Netz wird gerade trainiert: beende das zuerst.',
    removed: (name) => `${name} ist gelöscht.`,
    ended: { stopped: 'Vorzeitig beendet.', failed: 'Gescheitert.' },
    openedFrom: (file) => `Begann mit ${file}.`,
    touched: 'Unterwegs geändert.',
  },
};
