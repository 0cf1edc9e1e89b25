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
    'two-layers': {
      title: 'Das Netz aus Dokument 003',
      about:
        '784 Bildpunkte, eine Schicht Sigmoiden, zehn Wahrscheinlichkeiten: trainiere es und sieh seine Herleitung an deiner Ziffer.',
      source: 'Dokument 003: Herleitung eines zweischichtigen MLP',
      steps: [
        {
          text: 'Jede Ziffer ist eine Zeile von X, 784 Zahlen: Z¹ = XW¹ + b¹ geht durch die Sigmoide, Z² = A¹W² + b² durch Softmax. Der Verlust ist die Kreuzentropie, und W ← W − η ∂L/∂W ist das ganze Training.',
          act: 'Stell es ein und drücke „Trainieren“: 4000 erzeugte Ziffern, fünfmal, mit η = 0,5.',
          watch:
            'Die Genauigkeit auf Ziffern, die es nicht gesehen hat („Genauigkeit in der Validierung“). Sie beginnt bei 0,1, das ist Raten, und kommt auf etwa 0,8. Zeichne eine: ab jetzt antwortet dein Netz.',
        },
        {
          text: 'Die Ableitung der Kreuzentropie hinter Softmax ist die kürzeste des Dokuments: ∂L/∂Z² = (A² − Y)/m. Hier ist m gleich 1: deine Ziffer, oder die der Seite, solange du keine gezeichnet hast.',
          act: 'Stell es ein: der Schritt steht da, wie Dokument 003 ihn schreibt.',
          watch:
            'Die zehn Zahlen: die Wahrscheinlichkeit jedes Ausgangs, bei der richtigen Ziffer um 1 weniger. Zusammen geben sie 0. Die Rechnung darunter ist die des umrahmten Ausgangs; drücke einen anderen.',
        },
        {
          text: 'Was ein Gewicht falsch gemacht hat, ist, was durch es hereinkam, mal dem Fehlersignal seiner Einheit: ∂L/∂W² = (A¹)ᵀ ∂L/∂Z². Die Matrix tut es für alle Gewichte, und bei einem Stapel summiert sie die Beispiele.',
          act: 'Stell es ein: die Gradienten der zweiten Schicht.',
          watch:
            'Die Probe: die Seite ändert ein Gewicht ein wenig, in beide Richtungen, und rechnet den Verlust neu. Der Quotient stimmt mit dem Gradienten auf mehrere Stellen überein, in so vielen Einträgen, wie du drücken magst.',
        },
        {
          text: 'Der Schritt geht gegen den Gradienten, so weit, wie die Rate η sagt: W² ← W² − η ∂L/∂W², und so weiter für die anderen. Hier endet Dokument 003, und Training ist das immer wieder.',
          act: 'Stell es ein, wähle bei „Es sollte sagen“ eine andere Ziffer und drücke „Diesen Schritt tun“.',
          watch:
            'Die Wahrscheinlichkeiten davor und danach: die der gewählten Ziffer ist gewachsen. Es geschieht an einer Kopie, so dass dein Netz bleibt, wie es ist.',
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
    rate: {
      title: 'Wie lang ein Schritt sein darf',
      about:
        'Knapp unter 2/λ konvergiert der Gradientenabstieg, knapp darüber divergiert er, und ein Netz verschiebt die Grenze, während es lernt.',
      source: 'Dokument 001, §11: Lernrate und Konvergenz',
      steps: [
        {
          text: 'Auf der Parabel ½aθ² multipliziert der Gradientenabstieg θ in jedem Schritt mit 1 − ηa: er konvergiert, wenn die Rate η unter 2/a liegt. Ein lineares Neuron mit quadratischem Fehler ist in jeder Richtung eine Parabel; die steilste, mit der Krümmung λ, bricht zuerst.',
          act: 'Stell es ein: eine Rate von 0,114, auf allen Punkten zugleich, 150 Schritte lang.',
          watch:
            'Die beiden Linien von „Lernrate“, die Rate und ihre Grenze 2/λ, hier 0,117. Die Rate liegt 2 % darunter. Jeder Schritt geht zu weit, und doch kommt jeder etwas näher: der Verlust fällt bis auf das Rauschen der Punkte.',
        },
        {
          text: 'Über der Grenze ist 1 − ηa kleiner als −1: jeder Schritt führt über das Tal hinweg an einen Ort, der höher liegt als der vorige.',
          act: 'Stell es ein: eine Rate von 0,12, das ist 3 % darüber. Sonst ist nichts geändert.',
          watch:
            'Den Verlust: nach ein paar Schritten wächst er mit jedem um denselben Faktor, bis es heißt, er sei divergiert; die Linie des Laufs davor ist gestrichelt. Die Grenze hat sich nicht bewegt: eine Parabel ist überall gleich gekrümmt.',
        },
        {
          text: 'Der Verlust eines Netzes ist von Ort zu Ort anders gekrümmt, so dass die Grenze wandert, während es lernt. Und ein Schritt darüber hinaus muss nicht das Ende sein, weil das Schwingen an Orte führt, die weniger steil sind.',
          act: 'Stell es ein: sechs tanh-Einheiten, eine Rate von 2, 130 Schritte lang.',
          watch:
            'Die Grenze. Sie beginnt bei 3,78 und ist bis Epoche 40 unter die Rate gesunken. Ein kleines Schwingen wächst unbemerkt, und ab Epoche 80 geht der Verlust mit jedem Schritt auf und ab, während er fällt. Schreib 1 als Rate und geh eine Epoche weiter: die Zähne sind weg.',
        },
      ],
    },
    optimizers: {
      title: 'Vier Wege denselben Hang hinab',
      about: 'Gradientenabstieg, Momentum, RMSProp und Adam vom selben Ort aus, und was jeder gegen ein enges Tal tut.',
      source: 'Dokument 001, §10: Optimierungsverfahren',
      steps: [
        {
          text: 'Mit x₁² unter den Eingängen ist der Verlust eines linearen Neurons ein enges Tal: steil quer, flach längs. Die steile Richtung begrenzt die Rate, hier auf 0,0077, und mit so einer Rate braucht die flache lange.',
          act: 'Stell es ein: einfacher Gradientenabstieg mit 0,001, 150 Schritte.',
          watch:
            'Den Trainingsverlust, jetzt etwa 0,23. Seine Linie bleibt gestrichelt hinter denen der nächsten drei.',
        },
        {
          text: 'Momentum behält eine Geschwindigkeit, v ← μv − ηg, und bewegt sich mit ihr. Gradienten, die sich einig sind, summieren sich, abwechselnde heben sich auf: mit μ = 0,9 werden die Schritte längs des Tals bis zu zehnmal so lang.',
          act: 'Stell es ein: dieselbe Rate, mit Momentum 0,9.',
          watch:
            'Den Verlust: weit unter der gestrichelten Linie, bei gleicher Rate und nach ebenso vielen Schritten. Dazwischen steigt er manchmal, weil die Geschwindigkeit ihn über den Grund hinausträgt.',
        },
        {
          text: 'RMSProp teilt den Gradienten jedes Gewichts durch die jüngste Größe seiner Gradienten, √s: ob steil oder flach, jedes Gewicht bewegt sich etwa um die Rate.',
          act: 'Stell es ein: RMSProp mit 0,02.',
          watch:
            'Den Verlust: er fällt schnell auf etwa 0,02 und nicht weiter. Am Grund bleiben die Schritte so lang wie die Rate und springen darüber; eine kleinere Rate, jetzt hineingeschrieben, lässt ihn zur Ruhe kommen.',
        },
        {
          text: 'Adam ist beides zugleich: das Mittel der Gradienten durch die Wurzel des Mittels ihrer Quadrate, beide durch 1 − βᵗ geteilt, weil beide Mittel bei 0 beginnen.',
          act: 'Stell es ein: Adam mit 0,05.',
          watch:
            'Den Verlust, mit 0,003 das, was das Rauschen der Punkte übrig lässt. Ein Sieg für immer ist das nicht: der Gradientenabstieg mit 0,007, knapp unter seiner Grenze, ist hier ebenso gut. Probier es: die Rate muss passen.',
        },
      ],
    },
    overfitting: {
      title: 'Auswendig gelernt',
      about:
        'Von 200 Ziffern hat ein Netz alle richtig und neue nicht; was Dropout dagegen tut, und was mehr Ziffern tun.',
      source: 'der Dokumentation: Strafen und Mittel',
      steps: [
        {
          text: 'Ein Netz mit 100.000 Gewichten kann sich 200 Ziffern merken, ohne herauszufinden, was sie gemeinsam haben. Das ist Überanpassung: richtig im Training, falsch bei Neuem.',
          act: 'Stell es ein und drücke „Trainieren“: 200 Ziffern, 25-mal, in Stapeln von 5.',
          watch:
            'Die beiden Linien von „Genauigkeit“: im Training 1, auf neuen Ziffern etwa 0,6. Und den Validierungsverlust: am kleinsten bei Epoche 10, danach steigt er, weil das Netz sich seiner Fehler immer sicherer wird.',
        },
        {
          text: 'Dropout schaltet zufällig Einheiten ab, hier in jedem Schritt 8 von 10. Keine Einheit kann sich auf eine andere verlassen, so dass, was jede gelernt hat, für sich allein taugen muss.',
          act: 'Stell es ein und drücke „Trainieren“: dasselbe Netz mit Dropout 0,8 in seiner Karte.',
          watch:
            'Die Linien, die näher beieinander sind, und den Validierungsverlust, der nicht mehr so steigt wie der gestrichelte des Laufs davor. Die Genauigkeit auf neuen Ziffern ist kaum besser: Dropout nimmt eher Sicherheit als Fehler.',
        },
        {
          text: 'Was immer hilft, ist mehr von der Wahrheit: bei mehr Ziffern gibt es weniger zu merken und mehr herauszufinden.',
          act: 'Stell es ein und drücke „Trainieren“: kein Dropout, 4000 Ziffern, fünfmal.',
          watch:
            'Die Genauigkeit der Validierung, etwa 0,8 nach fünf Epochen, mit so vielen Schritten, wie 200 Ziffern in 25 hatten.',
        },
      ],
    },
    record: {
      title: 'Das Rezept des Rekords',
      about:
        'Von 2 falschen unter 100 Ziffern von MNIST zu 0,63: was diese Seite einstellen kann, und was noch dazugehört.',
      source: 'der Dokumentation: Bilder und Ziffern',
      steps: [
        {
          text: 'Der Anfang ist einfach: eine Schicht von 800 ReLU-Einheiten, Adam mit 0,001, Stapel von 128. Mit der Zahl 42 als Startwert waren nach zehn Epochen 97,9 von 100 Testziffern richtig, gemessen in Node mit denselben Bits, die diese Seite rechnet.',
          act: 'Stell es ein, gib der Seite die vier Dateien von MNIST („Ziffern, aus denen es lernt“) und drücke „Trainieren“. Es dauert ein paar Minuten.',
          watch:
            'Die beiden Linien der Genauigkeit. Im Training geht sie gegen 1, auf den Testziffern bleibt sie bei 0,98 stehen: dieses Netz lernt seine 60.000 Ziffern auswendig.',
        },
        {
          text: 'Das Rezept, nach Simard u. a. (2003), gibt dem Netz nie dieselbe Ziffer zweimal: jede wird jedes Mal verschoben, gedreht, geschert und elastisch verzerrt. Dazu kommen Hes erste Gewichte, Nesterovs Momentum 0,9 und eine Rate, die auf 0,2 steigt und dann wie ein Kosinus fällt. Diese Seite kann das nicht einstellen; das Paket kann es.',
          act: 'In einer Kopie des Projekts: npm run recipe:mnist -- --epochs 100. Es sucht die vier Dateien in MNIST_DIR.',
          watch:
            'Die letzte Zeile: 0,63 % Fehler auf den Testziffern, mit dem Startwert 2003; nach 50 Epochen, ohne die Angabe, sind es 0,69 %. Gewählt wurde das Rezept an 10.000 der Trainingsbilder; die Testziffern wurden je einmal befragt, am Ende.',
        },
      ],
    },
  },
};
