package office

import (
	"context"

	"lockstep/sync/engine"
	"lockstep/sync/state"
)

// PersonCheck is what a check found for one person.
type PersonCheck struct {
	Person   state.Person
	Findings []engine.Finding
	// Mended are those that reading both sides whole has put right.
	Mended []engine.Finding
	// Err is why he could not be checked.
	Err error
}

// Check compares what is stored with what both systems hold, for everybody who
// is switched on. With mend it finds out about open requests and reads both
// sides of whoever has drifted whole; no calendar is written to in any case.
func (o *Office) Check(ctx context.Context, mend bool) ([]PersonCheck, error) {
	seats, err := o.load(ctx, nil)
	if err != nil {
		return nil, err
	}
	var out []PersonCheck
	for _, s := range seats {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out = append(out, o.checkOne(ctx, s, mend))
	}
	return out, nil
}

func (o *Office) checkOne(ctx context.Context, s seat, mend bool) (out PersonCheck) {
	out.Person = s.who
	s.mu.Lock()
	defer s.mu.Unlock()
	if out.Err = o.ready(ctx, s.desk, s.who); out.Err != nil {
		return out
	}
	if out.Findings, out.Err = s.engine.Check(ctx); out.Err != nil || !mend || len(out.Findings) == 0 {
		return out
	}
	before := out.Findings
	// What changed is asked for first: a complete listing would take the proof
	// of deletions along with the cursor.
	for _, full := range []bool{false, true} {
		if _, out.Err = s.engine.Preview(ctx, full); out.Err != nil {
			return out
		}
	}
	if out.Findings, out.Err = s.engine.Check(ctx); out.Err != nil {
		return out
	}
	if out.Err = s.engine.Remark(ctx, out.Findings); out.Err != nil {
		return out
	}
	left := map[engine.Finding]int{}
	for _, f := range out.Findings {
		left[f]++
	}
	for _, f := range before {
		if left[f]--; left[f] < 0 {
			out.Mended = append(out.Mended, f)
		}
	}
	return out
}
