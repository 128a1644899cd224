package doctor

import (
	"cmp"
	"slices"
	"time"
)

// Fact is one piece of evidence: technical, and never a secret or a text of a calendar.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Result is what one check found.
type Result struct {
	Check Check `json:"check"`
	// Side is the system it is about, "business" or "exchange"; empty: neither.
	Side  string `json:"side,omitempty"`
	State State  `json:"state"`
	// Cause is what is wrong; empty when nothing is.
	Cause Cause  `json:"cause,omitempty"`
	Facts []Fact `json:"evidence,omitempty"`
	// Certificate is the one that a server showed, where it is what the result
	// is about: for a person to look at before he trusts it.
	Certificate *Certificate `json:"certificate,omitempty"`
}

// Fact is the value of a fact; empty where there is none of that name.
func (r Result) Fact(name string) string {
	for _, f := range r.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// With is r with another fact. One without a value is left out.
func (r Result) With(name, value string) Result {
	if value != "" {
		r.Facts = append(slices.Clip(r.Facts), Fact{name, value})
	}
	return r
}

// Certificate is what a person needs to see of one.
type Certificate struct {
	Subject string    `json:"subject"`
	Issuer  string    `json:"issuer"`
	Names   []string  `json:"names,omitempty"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
	SHA256  string    `json:"sha256"` // 64 hexadecimal digits, as pin_sha256 takes them
	// SelfSigned: it vouches for itself.
	SelfSigned bool `json:"self_signed,omitempty"`
	// Expected is the fingerprint that is set as the one to trust, where there is one.
	Expected string `json:"expected,omitempty"`
}

// Person is what the checks of one person found.
type Person struct {
	Name    string    `json:"name"`
	Address string    `json:"address"`
	Outcome Outcome   `json:"outcome"`
	At      time.Time `json:"at,omitzero"` // of the examination
	// Enabled: he is kept in step; who decided that last, and when.
	Enabled    bool      `json:"enabled"`
	ApprovedBy string    `json:"approved_by,omitempty"`
	ApprovedAt time.Time `json:"approved_at,omitzero"`
	// Outside: the account must not be able to act for him, so that Success is
	// that he is out of reach, and nothing else was looked at.
	Outside bool `json:"outside,omitempty"`
	// Alert is the first line that failed. It stays when the lines go, so that a
	// Failure of an earlier day still says of what.
	Alert   *Result  `json:"alert,omitempty"`
	Results []Result `json:"results,omitempty"`
}

// Report is an examination, as far as it is.
type Report struct {
	// Seq grows with every change; Running tells that more will come, Doing
	// which check is under way, and Who for whom (an address; empty: the office).
	Seq     uint64    `json:"seq"`
	Running bool      `json:"running,omitempty"`
	Doing   Check     `json:"doing,omitempty"`
	Who     string    `json:"who,omitempty"`
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
	Results []Result  `json:"results"` // of the office
	People  []Person  `json:"people"`
}

// Line is a result and whose it is.
type Line struct {
	Result
	// Person is his address; empty: the office's.
	Person string
}

// Lines are all results in the order of the checks; within one, the office's
// before the people's.
func (r Report) Lines() []Line {
	var out []Line
	for _, x := range r.Results {
		out = append(out, Line{Result: x})
	}
	for _, p := range r.People {
		for _, x := range p.Results {
			out = append(out, Line{x, p.Address})
		}
	}
	slices.SortStableFunc(out, func(a, b Line) int { return cmp.Compare(a.Check.Number(), b.Check.Number()) })
	return out
}

// First is the line to begin with: the first that failed, else the first that
// warns; false when all is well.
func (r Report) First() (Line, bool) {
	lines := r.Lines()
	for _, want := range []State{Failed, Warned} {
		if i := slices.IndexFunc(lines, func(l Line) bool { return l.State == want }); i >= 0 {
			return lines[i], true
		}
	}
	return Line{}, false
}

// Healthy tells whether nothing failed.
func (r Report) Healthy() bool {
	return !slices.ContainsFunc(r.Lines(), func(l Line) bool { return l.State == Failed })
}

// AlertOf is the first result that failed; nil where none has.
func AlertOf(results []Result) *Result {
	for _, r := range results {
		if r.State == Failed {
			return &r
		}
	}
	return nil
}

// OutcomeOf is what results come to. With none nothing was tried.
func OutcomeOf(results []Result) Outcome {
	out := OutcomeNotRun
	for _, r := range results {
		switch r.State {
		case Failed:
			return OutcomeFailure
		case Passed, Warned:
			out = OutcomeSuccess
		case NotRun, Skipped:
		}
	}
	// Whom the account's first step already kept from being looked at is no success.
	if slices.ContainsFunc(results, func(r Result) bool { return r.State == Skipped && r.Cause == CauseNeeds }) {
		return OutcomeNotRun
	}
	return out
}
