/** How high a fixed part of the screen is, told to whatever must not lie over or under it. */

/** An attachment that keeps the element's height in the page's custom property `name`. */
export function tellHeight(name: `--${string}`): (element: HTMLElement) => void | (() => void) {
  return (element) => {
    if (typeof ResizeObserver === 'undefined') return;
    const { style } = document.documentElement;
    const watch = new ResizeObserver(() => style.setProperty(name, `${element.offsetHeight}px`));
    watch.observe(element);
    return () => {
      watch.disconnect();
      style.removeProperty(name);
    };
  };
}
