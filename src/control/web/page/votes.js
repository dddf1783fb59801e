// The comparison: both sides with their price, and the blind vote, one of each page in a round.
const voting = { voter: voterId(), round: "", cast: null };

// A page keeps its id, so that it is the same voter after a reload.
function voterId() {
  const name = "untrained voter";
  try {
    const kept = localStorage.getItem(name);
    if (/^[0-9a-z]{8,64}$/i.test(kept ?? "")) return kept;
  } catch { /* Storage may be forbidden; the id then lasts as long as the page. */ }
  const id = [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, "0")).join("");
  try { localStorage.setItem(name, id); } catch { /* As above. */ }
  return id;
}

function castVote(side) {
  const v = show.vote;
  if (!v || v.ruled || v.covered || voting.cast) return;
  if (!line.send({ vote: side, voter: voting.voter })) return toast("Not connected: nothing was sent.");
  voting.cast = side;
  try { sessionStorage.setItem("untrained vote", JSON.stringify([voting.round, side])); } catch { /* Only until a reload. */ }
  drawVote(v);
}

// What this page voted in the round, also before a reload.
function castBefore(round) {
  try {
    const [of, side] = JSON.parse(sessionStorage.getItem("untrained vote") ?? "[]");
    return of === round ? side : null;
  } catch { return null; }
}

// Show mode may lock votes; that it locks vote.reveal takes no vote back.
function voteRejected(text) {
  if (!/`vote\.(left|right)`|^a vote /.test(text)) return;
  voting.cast = null;
  try { sessionStorage.removeItem("untrained vote"); } catch { /* Nothing was kept. */ }
  drawVote(show.vote);
}

function drawVote(v) {
  $("vote").hidden = !v;
  $("split").hidden = Boolean(v);
  if (!v) return;
  // A show that begins anew counts from 1 again.
  const round = `${v.run}/${v.round}`;
  if (round !== voting.round) Object.assign(voting, { round, cast: castBefore(round) });
  $("vote-round").textContent = `round ${v.round} · ${v.votes} ${v.votes === 1 ? "vote" : "votes"} · ${v.seconds} s`;
  for (const b of document.querySelectorAll("[data-vote]")) {
    const side = b.dataset.vote;
    const own = voting.cast === side;
    b.disabled = Boolean(v.ruled || v.covered || voting.cast);
    b.classList.toggle("lit", v.ruled ? v.ruled === side : own);
    b.lastChild.textContent = v.ruled ? (v.ruled === side ? "ruled" : "not ruled") + (own ? " · your vote" : "") : own ? "your vote" : "is ruled";
  }
  $("vote-reveal").disabled = Boolean(v.ruled);
  const own = v.ruled && voting.cast ? (voting.cast === v.ruled ? "You were right. " : "You were wrong. ") : "";
  const asks = v.covered ? "Both sides are shown in a moment." : "Which side is ruled, not learned?";
  const this_ = v.this ? `${v.this[0]} of ${v.this[1]} right in this round.` : voting.cast ? "Your vote is counted." : asks;
  $("vote-word").textContent = own + this_;
  $("vote-tally").textContent = v.words.join(" · ");
}

function drawVersus(c) {
  if (!c) return $("prices").replaceChildren();
  const sides = c.sides.map(s => el("div", {}, el("b", { textContent: s.name + (s.ruled == null ? "" : s.ruled ? " · ruled" : " · rival") }),
    ...s.lines.map(text => el("p", { className: "word", textContent: text }))));
  $("prices").replaceChildren(el("div", { className: "grid two" }, ...sides), el("p", { className: "word", textContent: [c.distance, c.note].filter(Boolean).join(" · ") }));
}

for (const b of document.querySelectorAll("[data-vote]")) b.onclick = () => castVote(b.dataset.vote);
