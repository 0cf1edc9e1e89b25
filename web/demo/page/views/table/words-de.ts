/** German. */
import type { Fault, TableNote } from '../../../shared/table-work.js';
import { count, number, percent, wholePercent } from '../parts/numbers.js';
import { cell, tenth } from './figures.js';
import type { FieldFault } from './settings.js';
import type { TableWords } from './words.js';

const rows = (n: number): string => (n === 1 ? '1 Zeile' : `${count(n)} Zeilen`);
const epochs = (n: number): string => (n === 1 ? '1 Epoche' : `${count(n)} Epochen`);
const list = (names: readonly string[]): string => names.map((name) => `„${name}“`).join(', ');

export const de: TableWords = {
  title: 'Deine Tabelle',
  lede: 'Gib eine Tabelle, wähl die Spalte, die vorhergesagt werden soll, und trainiere in diesem Tab ein Netz darauf. Nichts verlässt deinen Rechner.',
  give: {
    title: 'Eine Tabelle',
    drop: 'Leg eine CSV-Datei hier ab, oder füg irgendwo eine Tabelle ein',
    dropping: 'Tabelle ablegen',
    choose: 'Datei wählen',
    paste: 'Als Text einfügen',
    limit:
      'Zeilen aus Zellen, getrennt durch Komma, Strichpunkt oder Tabulator; mit Namen in der ersten Zeile oder ohne. Höchstens 50 MB und 300 Spalten. Aus einer Tabellenkalkulation: Zellen kopieren und hier einfügen.',
    pasted: 'Die Tabelle als Text',
    use: 'Diesen Text nehmen',
    samples: 'Keine Tabelle zur Hand? Erfundene zum Ausprobieren:',
    pastedName: 'eingefügte Tabelle',
    reading: 'Liest …',
    several: 'Eine Tabelle auf einmal: Die erste Datei wurde genommen.',
    read: (name, n, columns) => `${name}: ${rows(n)}, ${columns} Spalten.`,
    forget: 'Diese Tabelle vergessen',
    kept: 'Dieser Browser behält sie samt dem Modell, bis du sie vergisst.',
    notKept:
      'Dieser Browser hat keinen Platz dafür: Nach dem Neuladen ist die Tabelle weg. Lade herunter, was du brauchst.',
  },
  samples: {
    flowers: { name: 'Blumen', detail: '150 Zeilen: welche Art?' },
    houses: { name: 'Hauspreise', detail: '400 Zeilen: welcher Preis?' },
    customers: { name: 'Kundschaft', detail: '600 Zeilen: wer geht?' },
  },
  columns: {
    title: 'Ihre Spalten',
    lede: 'Kreuz an, woraus das Netz lernen darf. Was eine Spalte enthält, ist geraten; ändere es, wo das falsch ist.',
    target: 'Vorhersagen',
    as: 'als',
    asClasses: 'Klasse',
    asNumbers: 'Zahl',
    chooseTarget: 'Spalte wählen',
    noTarget: 'Keine Spalte lässt sich vorhersagen: Alle Zellen sind gleich, fehlen oder sind zu verschiedene Texte.',
    learn: (name) => `Aus ${name} lernen`,
    kind: (name) => `Art von ${name}`,
    kinds: { numeric: 'Zahl', boolean: 'Ja oder nein', category: 'Kategorie', text: 'Text, bleibt weg' },
    isTarget: 'wird vorhergesagt',
    missing: (n, share) => `${count(n)} fehlen (${n > 0 && share < 0.005 ? '<\u20091\u2009%' : wholePercent(share)})`,
    allMissing: 'alle Zellen fehlen',
    same: 'alle Zellen gleich',
    range: (min, max, mean) => `${cell(min)} bis ${cell(max)}, im Mittel ${number(mean)}`,
    different: (n) => (n > 1000 ? 'über 1.000 Kategorien' : `${count(n)} Kategorien`),
    top: (name, share) => `meist ${name} (${wholePercent(share)})`,
    yes: (share) => `${wholePercent(share)} ja`,
    text: 'Datum, oder zu verschiedene Texte',
    picture: (name, facts) => `Verteilung von ${name}: ${facts}`,
    pictureOf: { numeric: 'wie oft jeder Wert vorkommt', category: 'die häufigsten zuerst' },
    inputs: (n) => (n === 1 ? '1 Spalte, aus der gelernt wird' : `${count(n)} Spalten, aus denen gelernt wird`),
    all: 'Alle',
    none: 'Keine',
    preview: (n) => `Die ersten ${rows(n)}`,
    caption: (n, of) =>
      n < of
        ? `Zeilen 1 bis ${n} von ${count(of)}, wie sie in der Datei stehen`
        : `Alle ${rows(n)}, wie sie in der Datei stehen`,
    empty: 'fehlt',
    how: 'Wie gelesen wurde',
    header: 'Erste Zeile',
    headers: { auto: 'wie sie aussieht', true: 'Namen der Spalten', false: 'Zellen wie die anderen' },
    missingCells: 'Fehlend ist auch',
    missingHint: 'Schreibweisen einer leeren Zelle, durch Komma getrennt. Leere, NA, NaN, null und ? sind bekannt.',
    notes: 'Geraten oder weggelassen',
    treatAsMissing: (cell) => `„${cell}“ heißt: fehlt`,
    makeCategory: 'Zur Kategorie machen',
  },
  note(note: TableNote): string {
    switch (note.note) {
      case 'dates':
        return `„${note.column}“ enthält Daten des Kalenders, aus denen nichts gelernt wird. Sind es wenige, mach sie zur Kategorie.`;
      case 'texts':
        return `„${note.column}“ hat ${note.different} verschiedene Texte in ${note.rows} Zeilen, zu viele zum Lernen.`;
      case 'never numbers':
        return `„${note.column}“ zählt die Zeilen, das sagt nichts: Sie ist nicht angekreuzt.`;
      case 'renamed':
        return `Eine zweite Spalte „${note.from}“ heißt hier „${note.column}“.`;
      case 'decimal comma':
        return 'Zahlen wurden mit Dezimalkomma gelesen.';
      case 'no header':
        return 'In der ersten Zeile stehen Zellen, keine Namen; daher sind die Spalten nummeriert. Sag unten, wenn das falsch ist.';
      case 'encoding':
        return `Die Datei ist in ${note.name}, nicht in UTF-8; sie wurde umgewandelt.`;
      case 'odd cell':
        return `„${note.column}“ ist keine Spalte aus Zahlen, wegen „${note.cell}“ in Zeile ${note.line}${
          {
            units: ': Nimm Währungs- und Prozentzeichen aus der Datei.',
            thousands: ': Nimm Tausendertrennzeichen aus der Datei.',
            missing: '.',
          }[note.cure]
        }`;
      case 'other':
        return note.text;
    }
  },
  fault(fault: Fault): string {
    switch (fault.fault) {
      case 'empty':
        return 'Darin ist nichts. Gib eine Datei mit einer Zeile Namen und darunter Zeilen mit Zellen.';
      case 'only header':
        return 'Es ist nur eine Zeile mit Namen. Darunter braucht es Zeilen mit Zellen, mindestens zehn.';
      case 'binary':
        return 'Das ist kein Text. Speichere die Tabelle als CSV, und gib diese Datei.';
      case 'json':
        return 'Das ist JSON, keine Tabelle aus Zellen. Speichere sie als CSV, und gib diese Datei.';
      case 'html':
        return 'Das ist eine Webseite, keine Tabelle. Wurde sie heruntergeladen, lade die Datei selbst herunter.';
      case 'format':
        return (
          {
            xlsx: 'Das ist eine Tabellenkalkulation oder ein Zip-Archiv. Speichere das Blatt als CSV, oder kopiere seine Zellen und füg sie hier ein.',
            gzip: 'Das ist mit gzip gepackt. Pack es erst aus.',
          }[fault.format] ?? `Das ist ${fault.format}. Exportiere es als CSV.`
        );
      case 'one column':
        return 'Es ist nur eine Spalte. Um eine vorherzusagen, braucht es eine zweite, aus der gelernt wird; sind die Zellen durch etwas anderes als Komma, Strichpunkt, Tabulator oder | getrennt, ändere das in der Datei.';
      case 'large':
        return `Das sind ${count(fault.got / 1e6)} MB, und höchstens 50 MB werden genommen. Gib einen Teil der Zeilen.`;
      case 'wide':
        return `Das sind ${count(fault.got)} Spalten, und höchstens 300 werden genommen. Lass einige weg.`;
      case 'few rows':
        return `Nur ${rows(fault.got)} ${fault.got === 1 ? 'hat' : 'haben'} ein Ziel, und es braucht mindestens 10, von denen einige zum Testen zurückbleiben.`;
      case 'classes':
        return `Das Ziel hat ${count(fault.got)} verschiedene Werte, und höchstens 50 Klassen gehen. Sag es als Zahl vorher, oder wähl eine andere Spalte.`;
      case 'inputs':
        return `Die Kategorien machen ${count(fault.got)} Eingänge aus jeder Zeile, mehr als in den Speicher passt. Lass Spalten mit vielen Kategorien weg.`;
      case 'ragged':
        return `Zeile ${fault.line} hat ${fault.got} Zellen, die erste ${fault.expected}. Richte diese Zeile; eine Zelle mit einem Trennzeichen darin braucht Anführungszeichen.`;
      case 'quote':
        return `Ein Anführungszeichen nahe Zeile ${fault.line} wird nie geschlossen, oder dahinter folgt Text. Richte diese Zeile.`;
      case 'no number':
        return `„${fault.column}“ können keine Zahlen sein: „${fault.cell}“ ist keine. Steht das für eine fehlende Zelle, nenn es unter „Fehlend ist auch“.`;
      case 'no boolean':
        return `„${fault.column}“ kann nicht ja oder nein sein: Es gibt andere Zellen, „${fault.cell}“.`;
      case 'categories':
        return `„${fault.column}“ hat mehr als 100.000 verschiedene Texte, zu viele für Kategorien.`;
      case 'no feature':
        return 'Es gibt keine Spalte, aus der gelernt werden kann. Kreuz eine an, deren Zellen sich unterscheiden.';
      case 'constant':
        return `Alle Zellen von „${fault.column}“ sind gleich: Es gibt nichts vorherzusagen. Wähl eine andere Spalte.`;
      case 'no target':
        return `Alle Zellen von „${fault.column}“ fehlen. Wähl eine andere Spalte zum Vorhersagen.`;
      case 'stopped':
        return 'Gestoppt, bevor die erste Epoche vorbei war: Es gibt kein Modell.';
      case 'diverged':
        return 'Der Verlust wuchs über alle Zahlen hinaus. Nimm eine kleinere Lernrate, oder lass das Feld leer, dann wird eine gesucht.';
      case 'other':
        return `Das ging nicht: ${fault.text}`;
    }
  },
  settings: {
    title: 'Trainieren',
    network: 'Netz',
    training: 'Wie es lernt',
    held: 'Zurückgehaltene Zeilen',
    labels: {
      hidden: 'Verborgene Schichten',
      activation: 'Aktivierung',
      dropout: 'Dropout',
      optimizer: 'Optimierer',
      learningRate: 'Lernrate',
      batchSize: 'Batchgröße',
      epochs: 'Epochen, höchstens',
      patience: 'Geduld, Epochen',
      seed: 'Startwert',
      test: 'Zum Testen, %',
      validation: 'Zum Validieren, %',
    },
    automatic: 'automatisch',
    stopsEarly: 'Früh aufhören, die besten Gewichte behalten',
    balanced: 'Seltene Klassen zählen so viel wie häufige',
    heldNote: 'Die Zeilen zum Testen sieht das Netz nie. Nach denen zum Validieren, aus den übrigen, hört es auf.',
    unbalanced: 'Hier sind Klassen selten.',
    fault(fault: FieldFault): string {
      switch (fault.fault) {
        case 'layers':
          return 'Neuronen jeder Schicht, bis zu 6 Schichten mit 1 bis 1024; zum Beispiel 64, 32. Leer: keine.';
        case 'whole':
          return `Eine ganze Zahl von ${count(fault.low)} bis ${count(fault.high)}.`;
        case 'number':
          return `Eine Zahl von ${number(fault.low)} bis ${number(fault.high)}.`;
        case 'positive':
          return `Eine Zahl über 0, höchstens ${number(fault.high)}; oder leer.`;
      }
    },
    mend: 'Richte zum Trainieren die markierten Felder.',
  },
  run: {
    train: 'Trainieren',
    again: 'Neu trainieren',
    pause: 'Pause',
    resume: 'Weiter',
    stop: 'Stopp',
    reset: 'Zurücksetzen',
    progress: 'Fortschritt des Trainings',
    epoch: 'Epoche',
    epochs: (n, of) => `${count(n)} von ${count(of)}`,
    loss: 'Verlust im Training',
    valLoss: 'Verlust bei der Validierung',
    valAccuracy: 'Genauigkeit bei der Validierung',
    accuracyOfTraining: 'Genauigkeit im Training',
    r2OfTraining: 'R² im Training',
    valR2: 'R² bei der Validierung',
    rate: 'Lernrate',
    training: 'Training',
    validation: 'Validierung',
    lossTitle: 'Verlust',
    accuracyTitle: 'Genauigkeit',
    r2Title: 'R², der Anteil der Unterschiede, der erklärt wird',
    chart: (title, n, training, validation) =>
      n === 0
        ? `${title} über die Epochen: noch nichts.`
        : `${title} über ${epochs(n)}, jetzt ${training} im Training, ${validation} bei der Validierung. Die Tabelle darunter nennt die Zahlen.`,
    table: 'Dasselbe als Tabelle',
    ready: (target) => `Bereit, „${target}“ zu lernen.`,
    preparing: 'Bereitet die Zeilen vor …',
    underWay: (n) => `Epoche ${count(n)}.`,
    paused: (n) => `Angehalten nach Epoche ${count(n)}.`,
    done: (n, best, seconds) =>
      `Trainiert in ${seconds} s, ${epochs(n)}${best !== undefined && best < n ? `; die Gewichte von Epoche ${count(best)} waren die besten und bleiben` : ''}.`,
    stopped: (n, best) =>
      `Gestoppt nach ${epochs(n)}${best !== undefined && best < n ? `; die Gewichte von Epoche ${count(best)} bleiben` : ''}. Das Modell steht unten.`,
    changed: 'Seither wurde etwas geändert: Das Modell unten ist das, das vorher trainiert wurde.',
    reset_: 'Zurück am Anfang. Rückgängig bringt das Modell wieder.',
    undo: 'Rückgängig',
  },
  results: {
    title: 'Was es gelernt hat',
    of: (n) => `Bei ${rows(n)}, die es nie gesehen hat`,
    few: 'so wenigen, dass die Zahlen wenig sagen',
    accuracy: 'Genauigkeit',
    mae: 'Mittlerer Fehler',
    r2: 'R²',
    rmse: 'RMSE',
    f1: 'F1, Mittel der Klassen',
    baseline: 'Ohne zu lernen',
    baselineClasses: (label) => `immer „${label}“, die häufigste Klasse`,
    baselineNumbers: (mean) => `immer ${mean}, das Mittel`,
    network: 'Das Netz',
    better: (times) => `Sein Fehler ist ${times} davon.`,
    notBetter: 'Es ist nicht besser: Es hat nichts gelernt, was für neue Zeilen gilt.',
    share: percent,
    inputs: (layers, parameters, trained) =>
      `${layers.map((n) => count(n)).join(' → ')}, ${count(parameters)} Gewichte, gelernt aus ${rows(trained)}`,
    useless: (names) => `Weggelassen, weil alle Zellen gleich sind oder fehlen: ${list(names)}.`,
    without: (n) => `${rows(n)} weggelassen, weil das Ziel fehlt.`,
    confusion: 'Zeilen: die Klasse. Spalten: wofür sie gehalten wurde.',
    confusionTitle: 'Welche Klasse für welche gehalten wurde',
    cell: (n, actual, predicted) => `${n} von ${actual} für ${predicted} gehalten`,
    scatterTitle: 'Vorhergesagt gegen wahr',
    scatter: (n, r2) =>
      `${rows(n)}: quer die wahre Zahl, hoch die vorhergesagte. Auf der Linie sind sie gleich. R² ist ${r2}.`,
    actual: 'wahr',
    predicted: 'vorhergesagt',
    importanceTitle: 'Worauf es sich stützt',
    importance: (task) =>
      `Um wie viel ${task === 'classes' ? 'die Genauigkeit' : 'R²'} fällt, wenn die Zellen einer Spalte unter den Zeilen vertauscht werden. Spalten, die dasselbe sagen, teilen es sich.`,
    measuring: 'Misst …',
    points: (value) => `${tenth(100 * value)} Punkte`,
  },
  ask: {
    title: 'Frag es',
    lede: 'Ändere eine Zelle, und die Antwort folgt.',
    another: 'Andere Zeile',
    from: (row) => `Ausgefüllt aus Zeile ${count(row)}, die es nie gesehen hat.`,
    truth: (actual) => `Dort sagt die Tabelle ${actual}.`,
    quoted: (cell) => `„${cell}“`,
    own: 'Eigene Zellen.',
    answer: 'Antwort',
    missing: 'fehlt',
    yes: 'ja',
    no: 'nein',
    range: (min, max) => `${cell(min)} bis ${cell(max)}`,
    outside: (min, max) => `Jenseits dessen, was es gesehen hat: ${cell(min)} bis ${cell(max)}.`,
    notNumber: 'Eine Zahl; oder leer, wo sie fehlt.',
    sure: (share) => percent(share),
    spoken: (answer) => `Antwort: ${answer}`,
  },
  keep: {
    title: 'Nimm es mit',
    model: 'Modell',
    modelDetail:
      'safetensors mit den Namen, Kategorien und Skalen deiner Tabelle; loadTableModel von mlp-wasm/tables liest es',
    script: 'JavaScript',
    scriptDetail: 'ein Modul ohne Bibliothek: answer({ Spalte: Zelle, … })',
    predictions: 'Vorhersagen',
    predictionsDetail: 'deine Datei mit der Antwort auf jede Zeile, und wozu die Zeile diente',
    failed: (text) => `Das ließ sich nicht machen: ${text}`,
  },
};
