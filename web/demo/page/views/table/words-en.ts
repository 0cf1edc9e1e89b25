/** English. */
import type { Fault, TableNote } from '../../../shared/table-work.js';
import { count, number, percent, wholePercent } from '../parts/numbers.js';
import { cell, tenth } from './figures.js';
import type { FieldFault, TextField } from './settings.js';

const rows = (n: number): string => (n === 1 ? '1 row' : `${count(n)} rows`);
const list = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(', ');

export const en = {
  title: 'Your table',
  lede: 'Give a table, choose the column to predict, and train a network on it in this tab. Nothing leaves your machine.',
  give: {
    title: 'A table',
    drop: 'Drop a CSV file here, or paste a table anywhere',
    dropping: 'Drop the table',
    choose: 'Choose a file',
    paste: 'Paste as text',
    limit:
      'Rows of cells, parted by comma, semicolon or tab; with or without names in the first row. At most 50 MB and 300 columns. Of a spreadsheet, copy the cells and paste them here.',
    pasted: 'The table as text',
    use: 'Use this text',
    samples: 'No table at hand? Made-up ones to try:',
    pastedName: 'pasted table',
    reading: 'Reading …',
    several: 'One table at a time: the first file was taken.',
    read: (name: string, n: number, columns: number) => `${name}: ${rows(n)}, ${columns} columns.`,
    forget: 'Forget this table',
    kept: 'This browser keeps it, with the model, until you forget it.',
    notKept: 'This browser has no room to keep it: a reload forgets the table. Download what you need.',
  },
  samples: {
    flowers: { name: 'Flowers', detail: '150 rows: which species?' },
    houses: { name: 'House prices', detail: '400 rows: what price?' },
    customers: { name: 'Customers', detail: '600 rows: who leaves?' },
  } as Record<string, { name: string; detail: string }>,
  columns: {
    title: 'Its columns',
    lede: 'Tick what the network may learn from. What a column holds was guessed; change it where that is wrong.',
    target: 'Predict',
    as: 'as',
    asClasses: 'a class',
    asNumbers: 'a number',
    chooseTarget: 'Choose a column',
    noTarget: 'No column can be predicted: all their cells are the same, are missing, or are texts of too many kinds.',
    learn: (name: string) => `Learn from ${name}`,
    kind: (name: string) => `Kind of ${name}`,
    kinds: { numeric: 'Number', boolean: 'Yes or no', category: 'Category', text: 'Text, left out' },
    isTarget: 'to be predicted',
    missing: (n: number, share: number) =>
      `${count(n)} missing (${n > 0 && share < 0.005 ? '<\u20091\u2009%' : wholePercent(share)})`,
    allMissing: 'all cells missing',
    same: 'all cells the same',
    range: (min: number, max: number, mean: number) => `${cell(min)} to ${cell(max)}, mean ${number(mean)}`,
    different: (n: number) => (n > 1000 ? 'over 1,000 categories' : `${count(n)} categories`),
    top: (name: string, share: number) => `mostly ${name} (${wholePercent(share)})`,
    yes: (share: number) => `${wholePercent(share)} yes`,
    text: 'dates, or texts of too many kinds',
    picture: (name: string, facts: string) => `Distribution of ${name}: ${facts}`,
    pictureOf: { numeric: 'how often each value comes', category: 'the most frequent first' },
    inputs: (n: number) => (n === 1 ? '1 column to learn from' : `${count(n)} columns to learn from`),
    all: 'All',
    none: 'None',
    preview: (n: number) => `The first ${rows(n)}`,
    caption: (n: number, of: number) =>
      n < of ? `Rows 1 to ${n} of ${count(of)}, as the file spells them` : `All ${rows(n)}, as the file spells them`,
    empty: 'missing',
    how: 'How it was read',
    header: 'First row',
    headers: { auto: 'as it looks', true: 'names of the columns', false: 'cells like the others' },
    missingCells: 'Also missing',
    missingHint: 'Spellings of an empty cell, parted by commas. Empty ones, NA, NaN, null and ? are known.',
    notes: 'Guessed or left out',
    treatAsMissing: (cell: string) => `“${cell}” means missing`,
    makeCategory: 'Make it a category',
  },
  note(note: TableNote): string {
    switch (note.note) {
      case 'dates':
        return `“${note.column}” holds dates, from which nothing is learned. If only a few matter, make it a category.`;
      case 'texts':
        return `“${note.column}” has ${note.different} different texts in ${note.rows} rows, too many to learn from.`;
      case 'never numbers':
        return `“${note.column}” counts the rows, which tells nothing: it is not ticked.`;
      case 'renamed':
        return `A second column “${note.from}” is called “${note.column}” here.`;
      case 'decimal comma':
        return 'Numbers were read with a decimal comma.';
      case 'no header':
        return 'The first row holds cells, not names; so the columns are numbered. Say below if that is wrong.';
      case 'encoding':
        return `The file is in ${note.name}, not in UTF-8; it was converted.`;
      case 'odd cell':
        return `“${note.column}” is no column of numbers, because of “${note.cell}” in line ${note.line}${
          {
            units: ': take signs of currencies and % out of the file.',
            thousands: ': take thousands separators out of the file.',
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
        return 'There is nothing in it. Give a file with a row of names and rows of cells below.';
      case 'only header':
        return 'It has one row only, of names. It needs rows of cells below, ten at least.';
      case 'binary':
        return 'It is no text. Save the table as CSV, and give that.';
      case 'json':
        return 'It is JSON, not a table of cells. Save it as CSV, and give that.';
      case 'html':
        return 'It is a web page, not a table. If it was downloaded, download the raw file.';
      case 'format':
        return (
          {
            xlsx: 'It is a spreadsheet or a zip archive. Save the sheet as CSV, or copy its cells and paste them here.',
            gzip: 'It is packed by gzip. Unpack it first.',
          }[fault.format] ?? `It is ${fault.format}. Export it as CSV.`
        );
      case 'one column':
        return 'It has one column only. To predict one there must be another to learn from; if cells are parted by something else than comma, semicolon, tab or |, change that in the file.';
      case 'large':
        return `It has ${count(fault.got / 1e6)} MB, and at most 50 MB are taken. Give a part of its rows.`;
      case 'wide':
        return `It has ${count(fault.got)} columns, and at most 300 are taken. Leave some out.`;
      case 'few rows':
        return `Only ${rows(fault.got)} have a target, and at least 10 are needed, of which some are held out to test.`;
      case 'classes':
        return `The target has ${count(fault.got)} different values, and at most 50 classes are taken. Predict it as a number, or choose another column.`;
      case 'inputs':
        return `The categories make ${count(fault.got)} inputs of each row, more than fits into memory. Leave out columns of many categories.`;
      case 'ragged':
        return `Line ${fault.line} has ${fault.got} cells, the first one ${fault.expected}. Mend that line; a cell with a separator in it needs quotes.`;
      case 'quote':
        return `A quote that begins near line ${fault.line} is never closed, or text follows behind it. Mend that line.`;
      case 'no number':
        return `“${fault.column}” cannot be numbers: “${fault.cell}” is none. If that stands for a missing cell, name it under “Also missing”.`;
      case 'no boolean':
        return `“${fault.column}” cannot be yes or no: it has other cells, “${fault.cell}”.`;
      case 'categories':
        return `“${fault.column}” has more than 100,000 different texts, too many for categories.`;
      case 'no feature':
        return 'There is no column to learn from. Tick one whose cells differ.';
      case 'constant':
        return `All cells of “${fault.column}” are the same: there is nothing to predict. Choose another column.`;
      case 'no target':
        return `All cells of “${fault.column}” are missing. Choose another column to predict.`;
      case 'stopped':
        return 'Stopped before the first epoch was over: there is no model.';
      case 'diverged':
        return 'The loss grew beyond all numbers. Take a smaller learning rate, or leave it empty to have one found.';
      case 'other':
        return `That did not work: ${fault.text}`;
    }
  },
  settings: {
    title: 'Train',
    network: 'Network',
    training: 'How it learns',
    held: 'Rows held out',
    labels: {
      hidden: 'Hidden layers',
      activation: 'Activation',
      dropout: 'Dropout',
      optimizer: 'Optimizer',
      learningRate: 'Learning rate',
      batchSize: 'Batch size',
      epochs: 'Epochs, at most',
      patience: 'Patience, epochs',
      seed: 'Seed',
      test: 'To test, %',
      validation: 'To validate, %',
    } satisfies Record<TextField, string>,
    automatic: 'automatic',
    stopsEarly: 'Stop early, keep the best weights',
    balanced: 'Rare classes count as much as frequent ones',
    heldNote: 'The network never sees the rows to test. By those to validate, of the others, it stops.',
    unbalanced: 'Some classes are rare here.',
    fault(fault: FieldFault): string {
      switch (fault.fault) {
        case 'layers':
          return 'Units of each layer, up to 6 layers of 1 to 1024; for example 64, 32. Empty: none.';
        case 'whole':
          return `A whole number from ${count(fault.low)} to ${count(fault.high)}.`;
        case 'number':
          return `A number from ${number(fault.low)} to ${number(fault.high)}.`;
        case 'positive':
          return `A number above 0, at most ${number(fault.high)}; or empty.`;
      }
    },
    mend: 'To train, mend the fields that are marked.',
  },
  run: {
    train: 'Train',
    again: 'Train anew',
    pause: 'Pause',
    resume: 'Resume',
    stop: 'Stop',
    reset: 'Reset',
    progress: 'Progress of the training',
    epoch: 'Epoch',
    epochs: (n: number, of: number) => `${count(n)} of ${count(of)}`,
    loss: 'Training loss',
    valLoss: 'Validation loss',
    valAccuracy: 'Validation accuracy',
    accuracyOfTraining: 'Training accuracy',
    r2OfTraining: 'Training R²',
    valR2: 'Validation R²',
    rate: 'Learning rate',
    training: 'training',
    validation: 'validation',
    lossTitle: 'Loss',
    accuracyTitle: 'Accuracy',
    r2Title: 'R², the share of the differences that is explained',
    chart: (title: string, n: number, training: string, validation: string) =>
      n === 0
        ? `${title} over the epochs: nothing yet.`
        : `${title} over ${count(n)} epochs, now ${training} in training, ${validation} in validation. The table below has the figures.`,
    table: 'The same as a table',
    ready: (target: string) => `Ready to learn “${target}”.`,
    preparing: 'Preparing the rows …',
    underWay: (n: number) => `Epoch ${count(n)}.`,
    paused: (n: number) => `Paused after epoch ${count(n)}.`,
    done: (n: number, best: number | undefined, seconds: string) =>
      `Trained in ${seconds} s, ${n === 1 ? '1 epoch' : `${count(n)} epochs`}${best !== undefined && best < n ? `; the weights of epoch ${count(best)} were the best and stay` : ''}.`,
    stopped: (n: number, best: number | undefined) =>
      `Stopped after ${n === 1 ? '1 epoch' : `${count(n)} epochs`}${best !== undefined && best < n ? `; the weights of epoch ${count(best)} stay` : ''}. The model is below.`,
    changed: 'Something was changed since: the model below is the one that was trained before.',
    reset_: 'Back to the beginning. Undo brings the model back.',
    undo: 'Undo reset',
  },
  results: {
    title: 'What it has learned',
    of: (n: number) => `On ${rows(n)} that it has never seen`,
    few: 'so few that the figures say little',
    accuracy: 'Accuracy',
    mae: 'Mean error',
    r2: 'R²',
    rmse: 'RMSE',
    f1: 'F1, mean of the classes',
    baseline: 'Without learning',
    baselineClasses: (label: string) => `always “${label}”, the most frequent class`,
    baselineNumbers: (mean: string) => `always ${mean}, the mean`,
    network: 'The network',
    better: (times: string) => `Its error is ${times} of that.`,
    notBetter: 'It is no better than that: it has learned nothing that holds for new rows.',
    share: percent,
    inputs: (layers: readonly number[], parameters: number, trained: number) =>
      `${layers.map((n) => count(n)).join(' → ')}, ${count(parameters)} weights, learned from ${rows(trained)}`,
    useless: (names: readonly string[]) => `Left out, because all their cells are the same or missing: ${list(names)}.`,
    without: (n: number) => `${rows(n)} left out, because the target is missing.`,
    confusion: 'Rows: the class. Columns: what it was taken for.',
    confusionTitle: 'Which class was taken for which',
    cell: (n: number, actual: string, predicted: string) => `${n} of ${actual} taken for ${predicted}`,
    scatterTitle: 'Predicted against true',
    scatter: (n: number, r2: string) =>
      `${count(n)} rows: across the true number, upwards the predicted one. On the line they are equal. R² is ${r2}.`,
    actual: 'true',
    predicted: 'predicted',
    importanceTitle: 'What it relies on',
    importance: (task: 'classes' | 'numbers') =>
      `By how much ${task === 'classes' ? 'the accuracy' : 'R²'} falls when the cells of a column are shuffled among the rows. Columns that tell the same share it.`,
    measuring: 'Measuring …',
    points: (value: number) => `${tenth(100 * value)} points`,
  },
  ask: {
    title: 'Ask it',
    lede: 'Change a cell, and the answer follows.',
    another: 'Another row',
    from: (row: number) => `Filled in from row ${count(row)}, which it has never seen.`,
    truth: (actual: string) => `There the table says ${actual}.`,
    quoted: (cell: string) => `“${cell}”`,
    own: 'Cells of your own.',
    answer: 'Answer',
    missing: 'missing',
    yes: 'yes',
    no: 'no',
    range: (min: number, max: number) => `${cell(min)} to ${cell(max)}`,
    outside: (min: number, max: number) => `Beyond what it has seen, ${cell(min)} to ${cell(max)}.`,
    notNumber: 'A number; or empty, where it is missing.',
    sure: (share: number) => percent(share),
    spoken: (answer: string) => `Answer: ${answer}`,
  },
  keep: {
    title: 'Take it with you',
    model: 'Model',
    modelDetail:
      'safetensors with the names, categories and scales of your table; loadTableModel of mlp-wasm/tables reads it',
    script: 'JavaScript',
    scriptDetail: 'one module without a library: answer({ column: cell, … })',
    predictions: 'Predictions',
    predictionsDetail: 'your file with the answer on each row, and what the row was used for',
    failed: (text: string) => `That could not be made: ${text}`,
  },
};
