/** Tells elements whether they can be seen, with one observer for all of them. */

/** A little before they come into view. */
const MARGIN = "120px";

const listeners = new WeakMap<Element, (isInView: boolean) => void>();
let observer: IntersectionObserver | undefined;

/** Calls `listener` when the element comes into view or leaves it; returns how to stop. */
export function watchView(element: Element, listener: (isInView: boolean) => void): () => void {
  const shared = (observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) listeners.get(target)?.(isIntersecting);
    },
    { rootMargin: MARGIN },
  ));
  listeners.set(element, listener);
  shared.observe(element);
  return () => {
    listeners.delete(element);
    shared.unobserve(element);
  };
}
