package model

import (
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// free tells whether a person may take a row out: of what goes over by itself,
// and of what a safety stop withholds, he may not.
func (v *PreviewView) free(r *previewRow) bool { return r.row.Waits && r.first && !r.held }

// done tells whether a row is to be done.
func (v *PreviewView) done(r *previewRow) bool {
	if r.held || !r.row.Writes && r.row.Kind != plan.Pair.String() {
		return false
	}
	return !v.free(r) || !v.out[r.address][r.row.ID]
}

// Tick takes the row in place i in or out; it tells whether that could be.
func (v *PreviewView) Tick(i int, on bool) bool {
	r := &v.rows[v.shown[i]]
	if !v.free(r) {
		return false
	}
	v.take(r.address, r.row.ID, !on)
	return true
}

// TickShown takes all rows that are shown in or out.
func (v *PreviewView) TickShown(on bool) {
	for i := range v.shown {
		v.Tick(i, on)
	}
}

func (v *PreviewView) take(address, id string, out bool) {
	if v.out[address] == nil {
		v.out[address] = map[string]bool{}
	}
	if out {
		v.out[address][id] = true
	} else {
		delete(v.out[address], id)
	}
}

// ShownTicked tells whether all, and whether any, of the shown rows that a
// person may take out are in.
func (v *PreviewView) ShownTicked() (all, free bool) {
	all = true
	for _, i := range v.shown {
		if r := &v.rows[i]; v.free(r) {
			free = true
			all = all && v.done(r)
		}
	}
	return all, free
}

// LeftOut are the rows that a person has taken out, by address.
func (v *PreviewView) LeftOut() map[string][]string {
	out := map[string][]string{}
	for _, r := range v.rows {
		if v.free(&r) && v.out[r.address][r.row.ID] {
			out[r.address] = append(out[r.address], r.row.ID)
		}
	}
	return out
}

// Except are the rows that an approval leaves out: those that a person has
// taken out, and all that a safety stop withholds, which is let through on a
// page of its own.
func (v *PreviewView) Except() map[string][]string {
	out := v.LeftOut()
	for _, r := range v.rows {
		if r.held {
			out[r.address] = append(out[r.address], r.row.ID)
		}
	}
	return out
}

// Writes is how many changes to calendars would be made, Pairs how many entries
// paired.
func (v *PreviewView) Writes() (writes, pairs int) {
	for i := range v.rows {
		r := &v.rows[i]
		switch {
		case !v.done(r):
		case r.row.Waits:
			writes++
		case r.row.Kind == plan.Pair.String():
			pairs++
		}
	}
	return writes, pairs
}

// Audience is how many mails those changes would send, and how many people
// outside the office would not hear of them.
func (v *PreviewView) Audience() (mails, untold int) {
	for i := range v.rows {
		if r := &v.rows[i]; v.done(r) && r.row.Waits {
			mails, untold = mails+r.row.Mails, untold+r.row.Untold
		}
	}
	return mails, untold
}

// WriteLabel names what the main button does; false where there is nothing.
func (v *PreviewView) WriteLabel() (string, bool) {
	writes, pairs := v.Writes()
	switch {
	case writes > 0:
		return say.N("Write {{.N}} change", "Write {{.N}} changes", writes), true
	case pairs > 0:
		return say.N("Pair {{.N}} entry", "Pair {{.N}} entries", pairs), true
	}
	return say.T("Nothing to write"), false
}
