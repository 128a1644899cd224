package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"lockstep/sync/event"
)

// Hash identifies what a person approves: the kind of action, the side, the
// entries by id, what is written and what that overwrites. Versions are left
// out: an entry that was saved again without a change needs no new approval,
// one whose content moved does. A Delete or Leave overwrites everything. Who is
// mailed is approved along with it.
func (a Action) Hash() string {
	b := number(number(nil, int(a.Kind)), int(a.Side))
	for _, have := range a.Have {
		b = flag(b, have != nil)
		if have != nil {
			b = text(b, string(have.ID))
		}
	}
	b = number(b, int(a.Fields))
	b = append(b, Canonical(a.Want, a.Fields)...)
	if have := a.Have[a.Side]; a.Mails > 0 && have != nil {
		b = number(b, a.Mails)
		for _, to := range have.Attendees {
			b = text(b, to.Address)
		}
	}
	if a.Hold != nil {
		b = text(b, string(a.Link))
	}
	if a.Restore != nil {
		b = text(b, string(a.Restore.ID))
	}
	if have := a.Have[a.Side]; have != nil {
		lost := a.Fields
		if a.Kind == Delete || a.Kind == Leave {
			lost = event.AllFields
		}
		b = append(b, Canonical(have.Event, lost)...)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// rowName is how much of a hash names a row: two rows of one person have it in
// common about once in a billion previews.
const rowName = 12

// Row names the row of an action in a preview for as long as it says the same.
func (a Action) Row() string { return RowOf(a.Hash()) }

// RowOf is the name of the row of the action with that hash.
func RowOf(hash string) string { return hash[:min(rowName, len(hash))] }

// Digest names the set of actions of p that need a person's approval; empty
// when there is none. It does not depend on their order.
func (p Plan) Digest() string {
	var hashes []string
	for _, a := range p.Actions {
		if !a.Kind.Weak() {
			hashes = append(hashes, a.Hash())
		}
	}
	if len(hashes) == 0 {
		return ""
	}
	slices.Sort(hashes)
	h := sha256.New()
	for _, s := range hashes {
		_, _ = h.Write([]byte(s)) // a hash.Hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Counts is how many actions of each kind p has on each side.
func (p Plan) Counts() map[ActionKind][2]int {
	out := map[ActionKind][2]int{}
	for _, a := range p.Actions {
		n := out[a.Kind]
		n[a.Side]++
		out[a.Kind] = n
	}
	return out
}
