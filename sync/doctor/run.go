package doctor

import (
	"context"
	"slices"
)

// Probe makes one check.
type Probe struct {
	Check Check
	// Side is the system it is about, as in Result.
	Side string
	Run  func(ctx context.Context) Result
}

// Examine makes the checks in order and hands each result to tell as soon as it
// is there. before are results that these checks may need, such as the
// office's. A check whose needs were made and did not pass is skipped, and so is
// everything that is left when ctx ends.
func Examine(ctx context.Context, probes []Probe, before []Result, doing func(Check), tell func(Result)) []Result {
	probes = slices.Clone(probes)
	slices.SortStableFunc(probes, func(a, b Probe) int { return a.Check.Number() - b.Check.Number() })
	var done []Result
	for _, p := range probes {
		r := Result{Check: p.Check, Side: p.Side}
		if need, bad := missing(p, append(slices.Clip(before), done...)); bad {
			r.State, r.Cause = Skipped, CauseNeeds
			r = r.With("needs", string(need))
		} else if ctx.Err() != nil {
			r.State, r.Cause = Skipped, CauseStopped
		} else {
			doing(p.Check)
			got := p.Run(ctx)
			got.Check, got.Side = p.Check, p.Side
			r = got
			if ctx.Err() != nil && r.State == Failed {
				r.State, r.Cause = Skipped, CauseStopped
			}
		}
		done = append(done, r)
		tell(r)
	}
	return done
}

// missing names a check that p needs and that did not pass.
func missing(p Probe, done []Result) (Check, bool) {
	for _, need := range p.Check.needs() {
		for _, r := range done {
			if r.Check == need && r.Side == p.Side && (r.State == Failed || r.State == Skipped) {
				return need, true
			}
		}
	}
	return "", false
}

// Pass is a check that found nothing wrong.
func Pass() Result { return Result{State: Passed} }

// Fail is a check that found what is wrong.
func Fail(c Cause) Result { return Result{State: Failed, Cause: c} }

// Warn is a check that works, with something that should be known.
func Warn(c Cause) Result { return Result{State: Warned, Cause: c} }

// Skip is a check that could not be made.
func Skip(c Cause) Result { return Result{State: Skipped, Cause: c} }
