package localapi

import (
	"context"
	"errors"

	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// UndoRequest names what to undo.
type UndoRequest struct {
	// Run is a run's number; 0: the newest of Who that changed anything.
	Run  int64  `json:"run,omitempty"`
	Who  string `json:"who,omitempty"`  // address
	Item string `json:"item,omitempty"` // number of a change, or an entry's id
	// Digest approves what the preview with that digest showed, and no more.
	Digest string `json:"digest,omitempty"`
}

// Undo is what an undo would do, or has done.
type Undo struct {
	Run     int64  `json:"run"` // the run that is undone
	Name    string `json:"name"`
	Address string `json:"address"`
	// Lost is what stays as it is, with the reason; it comes first for whoever
	// reads. Of what is undone, Mailed are those that people were mailed about.
	Lost   []Row `json:"lost,omitempty"`
	Mailed []Row `json:"mailed,omitempty"`
	// Rows is what is to be done; empty once it is done.
	Rows   []Row  `json:"rows,omitempty"`
	Digest string `json:"digest,omitempty"`
	// Written is what was done, by side and then action.
	Written map[string]map[string]int `json:"written,omitempty"`
	Held    int                       `json:"held,omitempty"` // pairs put on hold
	Trouble *Trouble                  `json:"trouble,omitempty"`
	// Stopped: a person has ended it before its end.
	Stopped bool `json:"stopped,omitempty"`
}

// PreviewUndo shows what an undo would do.
func (l *Local) PreviewUndo(ctx context.Context, q UndoRequest) (Undo, error) {
	order, err := l.undoOrder(ctx, q)
	if err != nil {
		return Undo{}, err
	}
	p, err := l.Office.PreviewUndo(ctx, order)
	if err != nil {
		return Undo{}, AsError(err)
	}
	return undoOf(int64(p.Run), p.Person, p.Digest, append([]office.PersonPlan{p.PersonPlan}, p.Others...)), nil
}

// Undo gives back what a run has changed.
func (l *Local) Undo(ctx context.Context, q UndoRequest) (Undo, error) {
	order, err := l.undoOrder(ctx, q)
	if err != nil {
		return Undo{}, err
	}
	r, err := l.Office.Undo(ctx, order)
	if err != nil {
		return Undo{}, AsError(err)
	}
	all := append([]office.PersonResult{r.PersonResult}, r.Others...)
	plans := make([]office.PersonPlan, len(all))
	written := [2]map[string]int{{}, {}}
	for i, who := range all {
		plans[i] = office.PersonPlan{Person: who.Person, Plan: who.Plan}
		for s, kinds := range who.Written {
			for kind, n := range kinds {
				written[s][kind] += n
			}
		}
	}
	out := undoOf(int64(r.Run), r.Person, "", plans)
	out.Written = writtenOf(written)
	for _, who := range all {
		if out.Trouble == nil {
			out.Trouble = troubleOf(who.Err)
		}
		out.Stopped = out.Stopped || errors.Is(who.Err, office.ErrStopped)
		for _, p := range who.Problems {
			out.Lost = append(out.Lost, Row{Kind: plan.Skip.String(), Side: p.Side.String(), Reason: p.Reason})
		}
	}
	return out, nil
}

func (l *Local) undoOrder(ctx context.Context, q UndoRequest) (office.UndoOrder, error) {
	out := office.UndoOrder{Run: state.RunID(q.Run), Item: q.Item, Digest: q.Digest}
	if q.Who != "" {
		p, err := l.Office.Find(ctx, q.Who)
		if err != nil {
			return out, AsError(err)
		}
		out.Who = p.ID
	}
	if q.Run == 0 && q.Who == "" {
		return out, &Error{Code: CodeUsage, Message: "name a run, or a person whose newest run is meant"}
	}
	return out, nil
}

// undoOf is an undo for the person whose run it was, and for colleagues whose
// copies of his meetings go back with his.
func undoOf(run int64, who state.Person, digest string, plans []office.PersonPlan) Undo {
	out := Undo{Run: run, Name: who.Name, Address: who.Addresses[event.Exchange], Digest: digest}
	for _, p := range plans {
		for _, a := range p.Plan.Actions {
			row := rowOf(a)
			switch {
			case a.Kind == plan.Skip:
				out.Lost = append(out.Lost, row)
				continue
			case a.Reason.Count > 0:
				out.Mailed = append(out.Mailed, row)
			}
			out.Rows = append(out.Rows, row)
		}
	}
	return out
}
