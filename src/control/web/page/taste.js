// Two pictures of the show: the one that is tapped is liked better.
function rate(side) {
  const pair = show.pair;
  if (!pair) return;
  if (!line.send({ taste: side, pair: pair.number, voter: voting.voter })) return toast("Not connected: nothing was sent.");
  // Until the next pair is here.
  for (const b of document.querySelectorAll("[data-taste]")) b.disabled = true;
}

function drawPair(pair) {
  $("taste-pair").hidden = !pair;
  $("taste-skip").disabled = !pair;
  for (const b of document.querySelectorAll("[data-taste]")) {
    const side = b.dataset.taste;
    b.disabled = !pair;
    if (pair) b.firstElementChild.src = pair[side]; else b.firstElementChild.removeAttribute("src");
  }
  drawTaste(show.taste);
}

function drawTaste(t) {
  $("taste").hidden = !t;
  if (!t) return;
  $("taste-word").textContent = show.pair ? "Tap the picture that you like better." : "The next two pictures come in a moment.";
  $("taste-learned").textContent = `${t.words} · ${t.agreement}`;
}

// Show mode may lock votes: the pair can be tapped again.
function rateRejected(text) {
  if (/`taste\.(left|right|skip)`|^a vote /.test(text)) drawPair(show.pair);
}

for (const b of document.querySelectorAll("[data-taste]")) b.onclick = () => rate(b.dataset.taste);
