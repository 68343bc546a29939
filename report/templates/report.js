// Without it, the page is in the first language until the reader chooses.
const choices = [...document.querySelectorAll("input[name=language]")];
const code = (choice) => choice.id.slice(3);
const tell = () => { document.documentElement.lang = code(choices.find((choice) => choice.checked)); };
const liked = (navigator.languages || [navigator.language || ""]).map((language) => language.slice(0, 2).toLowerCase());
const best = liked.map((language) => choices.find((choice) => code(choice) === language)).find(Boolean);
if (best) best.checked = true;
choices.forEach((choice) => choice.addEventListener("change", tell));
tell();
