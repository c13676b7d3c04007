// Runs before the page is painted, so that a chosen theme never flashes in the other one.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem('homeroom.theme');
  } catch {
    // storage may be switched off: the system's theme holds
  }
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
})();
