/** Every word on the page, in the reader's language; the file is the one the bot's own texts lie beside. */

export const LANGUAGES = ['zh_CN', 'en'];
export let language = 'zh_CN';
let words = {};

function wanted() {
  const asked = new URLSearchParams(location.search).get('lang');
  const kept = remembered('lang');
  const spoken = navigator.language.toLowerCase().startsWith('zh') ? 'zh_CN' : 'en';
  return [asked, kept, spoken].find((one) => LANGUAGES.includes(one));
}

export async function loadWords() {
  language = wanted();
  document.documentElement.lang = locale();
  words = await (await fetch(`/words/${language}.json`)).json();
}

export function t(key, blanks = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => blanks[name] ?? whole);
}

export function locale() {
  return language === 'zh_CN' ? 'zh-CN' : 'en-GB';
}

export function remembered(name) {
  try {
    return localStorage.getItem(`homeroom.${name}`);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(`homeroom.${name}`);
    else localStorage.setItem(`homeroom.${name}`, value);
  } catch {
    // nothing is lost but the choice
  }
}

/** The page anew in another language; who one is and what one looks at stand in the address. */
export function speak(other) {
  remember('lang', other);
  const url = new URL(location.href);
  url.searchParams.set('lang', other);
  location.assign(url);
}
