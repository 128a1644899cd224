package localapi

import (
	"context"

	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/sync/plan"
)

// ResumeRequest lets a person's withheld writes through.
type ResumeRequest struct {
	Who string `json:"who"` // address
	// Count is how many writes a person has seen; if there are more, none is made.
	Count int `json:"count"`
	// Account says that the account or mailbox, which is not the one it was, is
	// the person's all the same. Both sides are read again, and what then differs
	// waits for approval.
	Account bool `json:"account,omitempty"`
}

// KeepRequest ends a person's safety stop without what it withholds.
type KeepRequest struct {
	Who     string `json:"who"` // address
	PutBack bool   `json:"put_back,omitempty"`
}

// Kept is what a Keep came to.
type Kept struct {
	Summary
	Held int `json:"held"` // entries on hold
}

// Resume lets through once what a safety stop withholds.
func (l *Local) Resume(ctx context.Context, q ResumeRequest) (Summary, error) {
	p, err := l.Office.Find(ctx, q.Who)
	if err != nil {
		return Summary{}, AsError(err)
	}
	var r office.PersonResult
	if q.Account {
		r, err = l.Office.Accept(ctx, p.ID)
	} else {
		r, err = l.Office.Resume(ctx, p.ID, q.Count)
	}
	if err != nil {
		return Summary{}, AsError(err)
	}
	return summaryOf(office.Summary{People: []office.PersonResult{r}}), nil
}

// Keep leaves as it is what a safety stop is about.
func (l *Local) Keep(ctx context.Context, q KeepRequest) (Kept, error) {
	p, err := l.Office.Find(ctx, q.Who)
	if err != nil {
		return Kept{}, AsError(err)
	}
	held, r, err := l.Office.Keep(ctx, p.ID, q.PutBack)
	if err != nil {
		return Kept{}, AsError(err)
	}
	out := Kept{Summary: summaryOf(office.Summary{People: []office.PersonResult{r}}), Held: held}
	if q.PutBack {
		out.Held -= r.Written[event.Business][plan.Create.String()] + r.Written[event.Exchange][plan.Create.String()]
	}
	return out, nil
}
