/** Die Lektionen auf Deutsch. */
import type { LessonsWords } from './words.js';

export const de: LessonsWords = {
  title: 'Lektionen',
  lede: 'Jede hat ein paar Sätze und etwas zu tun: sie stellt die Regler für dich ein und sagt, worauf zu achten ist.',
  start: 'Beginnen',
  again: 'Noch einmal',
  finished: 'fertig',
  steps: (count) => `${count} Schritte`,
  at: (step, of) => `Schritt ${step} von ${of}`,
  act: 'Tu',
  watch: 'Achte auf',
  set: 'Einstellen',
  isSet: 'Es ist eingestellt.',
  isBusy: 'In „Zeichnen & trainieren“ läuft ein Training: lass es enden oder halte es an und stelle dann ein.',
  back: 'Zurück',
  next: 'Weiter',
  finish: 'Abschließen',
  fold: 'Einklappen',
  unfold: 'Ausklappen',
  close: 'Schließen',
  source: 'Aus',
  copy: 'Link zu dieser Lektion kopieren',
  copied: 'Kopiert.',
  notCopied: (link) => `Der Browser ließ die Seite nicht kopieren: ${link}`,
  restore: 'Meine Einstellungen zurückholen',
  setAside: 'Deine Einstellungen von vorher sind beiseitegelegt.',
  restored: 'Deine Einstellungen sind wieder da.',
  unknown: 'Eine Lektion dieses Namens gibt es nicht.',
  lessons: {
    neuron: {
      title: 'Ein Neuron, und eine Schicht davon',
      about: 'Was ein einzelnes Neuron unterscheiden kann, was nicht, und warum eine Schicht es kann.',
      source: 'Dokument 001, §2: vom einzelnen Neuron zur Schicht',
      steps: [
        {
          text: 'Ein Neuron multipliziert jeden Eingang mit einem Gewicht, zählt seinen Bias dazu und schickt die Summe z = w₁x₁ + w₂x₂ + b durch eine Aktivierung, hier die Sigmoide: a = σ(z).',
          act: 'Stell es ein: ein Neuron lernt in 20 Epochen, zwei Wolken von Punkten zu unterscheiden.',
          watch:
            'Die Linie in der Ebene. Auf ihr ist z gleich 0, und das Neuron sagt ½. Ein Neuron zieht eine gerade Linie; unter dem Netz steht seine Formel mit den Zahlen, die es gefunden hat.',
        },
        {
          text: 'Jetzt hat jede Klasse zwei gegenüberliegende Ecken. Keine gerade Linie hat beide Ecken einer Klasse auf derselben Seite.',
          act: 'Stell es ein: dasselbe Neuron versucht es 40 Epochen lang.',
          watch:
            'Den Trainingsverlust. Er bleibt bei 0,69, das ist ln 2: was man bekommt, wenn man zu jedem Punkt ½ sagt. Mehr Epochen helfen nicht; drücke Start und sieh nach.',
        },
        {
          text: 'Eine Schicht sind mehrere Neuronen, die dieselben Eingänge sehen. Ihre Gewichte, ein Neuron je Zeile, sind eine Matrix: z = Wx + b sagt alle ihre Summen auf einmal, und die nächste Schicht nimmt, was sie sagen, als Eingang.',
          act: 'Stell es ein: vier Neuronen, und eines, das ihnen zuhört.',
          watch:
            'Den Trainingsverlust, der jetzt unter 0,2 ist. Geh über die vier Einheiten von Schicht 1: jede hat eine eigene Linie gezogen, und der Ausgang hat daraus vier Ecken gemacht.',
        },
      ],
    },
    vanishing: {
      title: 'Gradienten, die verschwinden',
      about: 'Warum ein tiefes Netz aus Sigmoiden nicht lernt, und was ReLU und Hes erste Gewichte dagegen tun.',
      source: 'Dokument 001, §9: explodierende und verschwindende Gradienten',
      steps: [
        {
          text: 'Auf dem Rückweg durch eine Schicht wird das Fehlersignal mit den Gewichten und mit der Steigung der Aktivierung multipliziert: ‖δ⁽¹⁾‖ ≈ Π ‖W‖ c · ‖δ⁽ᴸ⁾‖. Die Steigung der Sigmoide ist höchstens ¼, so dass sechs Schichten wenig übrig lassen.',
          act: 'Stell es ein: sechs Schichten von acht Sigmoiden, noch nicht trainiert.',
          watch:
            'Die Zeile „Gradient“ über den Einheiten, vom Ausgang zurück zu Schicht 1. Jedes Stück eines Balkens ist eine Zehnerpotenz: in Schicht 1 kommt weniger als ein Hundertstel dessen an, was beim Ausgang begann.',
        },
        {
          text: 'Ein Schritt verschiebt ein Gewicht um Lernrate mal Gradient. Wo der Gradient fast nichts ist, ist es auch der Schritt.',
          act: 'Stell es ein: dasselbe Netz nach 100 Epochen.',
          watch:
            'Den Trainingsverlust, noch immer bei 0,69, und die Ebene, die nur eine Farbe hat. Nur der Bias des Ausgangs hat etwas gelernt.',
        },
        {
          text: 'ReLU hat die Steigung 1, wo sie über 0 ist, und Hes erste Gewichte haben die Varianz 2/n, was die Hälfte ausgleicht, die ReLU abschaltet: jeder Faktor des Produkts ist etwa 1.',
          act: 'Stell es ein: dieselbe Tiefe mit ReLU und heNormal, nach ebenso vielen Epochen.',
          watch:
            'Die Gradienten, die in allen Schichten ähnlich groß sind, und den Verlust, der gefallen ist: die Scheibe ist gefunden. Drücke Zurück, um zu sehen, dass sie von Anfang an ähnlich waren.',
        },
      ],
    },
  },
};
