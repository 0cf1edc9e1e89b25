/** Cards of a list are dragged to another place, by mouse, pen or finger. */

/** Pixels that a press may wander before it is a drag. */
const SLACK = 6;
/** Time after which a finger that rests on a card holds it: before, one that goes up or down moves the page. */
const HOLD_MS = 300;

/**
 * @param cards those that can be dragged, in their order
 * @param mayDrag asked at each press
 * @param move called with the places, from 0, that a card has left and come to
 */
export function dragCards(
  list: HTMLElement,
  cards: () => HTMLElement[],
  mayDrag: () => boolean,
  move: (from: number, to: number) => void,
): void {
  let press: { card: HTMLElement; from: number; pointer: number; x: number; y: number } | undefined;
  let target: number | undefined;
  let holding: ReturnType<typeof setTimeout> | undefined;

  const mark = (to: number | undefined): void => {
    target = to;
    cards().forEach((card, i) => {
      card.classList.toggle('is-before', to !== undefined && press !== undefined && i === to && to < press.from);
      card.classList.toggle('is-after', to !== undefined && press !== undefined && i === to && to > press.from);
    });
  };
  const lift = (): void => press?.card.classList.add('is-dragged');
  const isLifted = (): boolean => press?.card.classList.contains('is-dragged') === true;
  const end = (): void => {
    clearTimeout(holding);
    if (!press) return;
    press.card.classList.remove('is-dragged');
    press.card.style.translate = '';
    mark(undefined);
    press = undefined;
  };

  list.addEventListener('pointerdown', (event) => {
    const all = cards();
    const from = all.findIndex((card) => card.contains(event.target as Node));
    if (from < 0 || event.button !== 0 || !mayDrag()) return;
    end(); // a second finger takes the place of the first
    press = { card: all[from]!, from, pointer: event.pointerId, x: event.clientX, y: event.clientY };
    if (event.pointerType === 'touch') holding = setTimeout(lift, HOLD_MS);
  });
  list.addEventListener('pointermove', (event) => {
    if (!press || event.pointerId !== press.pointer) return;
    const { card, x, y } = press;
    const [right, down] = [event.clientX - x, event.clientY - y];
    if (!isLifted()) {
      if (Math.hypot(right, down) < SLACK) return;
      if (event.pointerType === 'touch' && Math.abs(down) > Math.abs(right)) return end(); // the page moves
      lift();
      card.setPointerCapture(event.pointerId);
    }
    card.style.translate = `${right}px ${down}px`;
    mark(placeAt(cards(), press.from, event.clientX, event.clientY));
  });
  list.addEventListener('pointerup', () => {
    const [from, to] = [press?.from, target];
    const wasDragged = press?.card.style.translate;
    end();
    if (!wasDragged) return;
    // The click that follows a drag opens nothing.
    const swallow = (event: Event): void => event.stopPropagation();
    list.addEventListener('click', swallow, { capture: true, once: true });
    setTimeout(() => list.removeEventListener('click', swallow, { capture: true }));
    if (to !== undefined && to !== from) move(from!, to);
  });
  list.addEventListener('pointercancel', end);
  list.addEventListener(
    'touchmove',
    (event) => {
      if (isLifted()) event.preventDefault(); // the page stays
    },
    { passive: false },
  );
  list.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') end();
  });
}

/** The place of the card that the pointer is nearest to. */
function placeAt(cards: HTMLElement[], from: number, x: number, y: number): number {
  const distances = cards.map((card, i) => {
    const { left, top, width, height } = card.getBoundingClientRect();
    return i === from ? Infinity : Math.hypot(x - left - width / 2, y - top - height / 2);
  });
  const nearest = Math.min(...distances);
  const place = distances.indexOf(nearest);
  const { left, width } = cards[place]!.getBoundingClientRect();
  // Only once it is past the middle of the other card.
  const isPast = place > from ? x > left + width / 2 : x < left + width / 2;
  return nearest < 2 * width && isPast ? place : from;
}
