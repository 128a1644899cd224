package engine

import (
	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// seriesRows are the series of both mirrors as far as this run knows them. A
// write to one occurrence changes its series: the mirror must know before the
// next plan, and the next write to it names the version that this one made.
type seriesRows [2]map[event.ID]*seriesRow

type seriesRow struct {
	event.Item
	ours bool // its version is one that a write of this run made
}

func seriesIn(snap state.Snapshot) (out seriesRows) {
	for s, rows := range snap.Mirror {
		out[s] = map[event.ID]*seriesRow{}
		for i := range rows {
			if it := &rows[i].Item; it.Recurrence != nil && rows[i].Presence == plan.Present {
				out[s][it.ID] = &seriesRow{Item: *it}
			}
		}
	}
	return out
}

// atVersion is the target of an op as the last write of this run left it.
func (rows seriesRows) atVersion(s event.Side, target event.Ref) event.Ref {
	series, _, one := event.SplitOccurrence(target.ID)
	if !one {
		series = target.ID
	}
	if row := rows[s][series]; row != nil && row.ours {
		target.Version = row.Version
	}
	return target
}

// hidden tells whether an id is that of one date of a series that is known
// without its text: no date of it is told then.
func (rows seriesRows) hidden(s event.Side, id event.ID) bool {
	series, _, one := event.SplitOccurrence(id)
	return one && rows[s][series] != nil && rows[s][series].Veil != (event.Veil{})
}

// place turns what a settled write to a single occurrence tells of the mirror
// into the row of its series. it is what the endpoint said of the occurrence.
func (rows seriesRows) place(a plan.Action, in []state.Row, it *event.Item) []state.Row {
	var out []state.Row
	version := event.Version("")
	if it != nil {
		version = it.Version
	}
	for _, r := range in {
		series, original, one := event.SplitOccurrence(r.ID)
		if !one {
			if row := rows[r.Side][r.ID]; row != nil && r.Item != nil {
				row.Item = *r.Item
			}
			out = append(out, r)
			continue
		}
		row := rows[r.Side][series]
		if row == nil || r.Side != a.Side || !a.Kind.Writes() {
			continue // the series was not written, or is not there any more, or not listed: the next pull tells
		}
		var at *event.Event
		if r.Item != nil {
			at = &r.Item.Event
		}
		row.Event = event.WithOccurrence(row.Event, original, at)
		if version != "" {
			row.Version, row.ours = version, true
		}
		it := row.Item
		out = append(out, state.Row{Side: r.Side, ID: series, Item: &it})
	}
	return out
}

// oneOfSeries names the series if the target of an op is one occurrence.
func oneOfSeries(a plan.Action) (event.ID, bool) {
	have := a.Have[a.Side]
	if have == nil || a.Kind == plan.Create {
		return "", false
	}
	series, _, ok := event.SplitOccurrence(have.ID)
	return series, ok
}

// inPart is how an entry is closed whose series was written in part: what has
// arrived is agreed, the rest waits for the next plan, and the reason why it did
// not arrive is told.
func (r *run) inPart(links map[plan.LinkID]plan.Link, en state.Entry, res endpoint.Result) state.Settled {
	s := r.foundApplied(links, en, endpoint.Outcome{Kind: endpoint.Applied, Item: res.Item})
	why := r.notApplied(en, res.Err)
	if s.Outcome == state.Applied {
		delete(r.refused, en.Intent.Action.Hash()) // it got further than before
	}
	s.Why = why.Why
	return r.hushed(links, en, s)
}
