package faultscript

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Rule describes calls that go wrong.
type Rule struct {
	Side string // "exchange", "severa" or "" for both
	Op   string // operation, such as "CreateItem" or "POST /v1/activities"; "" or "*" for any; a trailing "*" matches any ending
	Who  string // mailbox address or user guid, compared without case; "" for anyone

	After int // matching calls that pass before the first one goes wrong
	Times int // calls that go wrong; 0 for all that follow

	Kind       Kind
	Delay      time.Duration // waited before the answer, with any kind
	Skew       time.Duration // added to the server's clock; Kind Skew only
	RetryAfter time.Duration // told to the client where the protocol has a place for it; 0 tells nothing
}

// Script is a list of rules with their counters. A nil Script never faults.
// All methods may be called from several goroutines at once.
type Script struct {
	mu    sync.Mutex
	rules []counted
	fired int
}

type counted struct {
	Rule
	seen  int // matching calls so far
	fired int // calls that went wrong
}

// New returns a script of the given rules. Where several rules could fire on
// one call, the first of them does; the others still count the call as seen.
func New(rules ...Rule) *Script {
	s := &Script{}
	s.Add(rules...)
	return s
}

// Add appends rules; the counters of those already there go on. It does
// nothing on a nil Script.
func (s *Script) Add(rules ...Rule) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rules {
		s.rules = append(s.rules, counted{Rule: r})
	}
}

// Clear removes all rules. Fired keeps its count.
func (s *Script) Clear() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = nil
}

// Rules returns a copy of the rules, in order.
func (s *Script) Rules() []Rule {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rules := make([]Rule, 0, len(s.rules))
	for _, c := range s.rules {
		rules = append(rules, c.Rule)
	}
	return rules
}

// Next counts one call and returns the rule that makes it go wrong, if any.
// Ask exactly once per call: asking is what counts.
func (s *Script) Next(side, op, who string) (Rule, bool) {
	if s == nil {
		return Rule{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	hit := -1
	for i := range s.rules {
		c := &s.rules[i]
		if c.Kind == None || c.Kind == Skew || !c.matches(side, op, who) {
			continue
		}
		c.seen++
		if hit < 0 && c.seen > c.After && (c.Times == 0 || c.fired < c.Times) {
			hit = i
		}
	}
	if hit < 0 {
		return Rule{}, false
	}
	s.rules[hit].fired++
	s.fired++
	return s.rules[hit].Rule, true
}

// Skew returns how far the clock of a side is off: the sum over its skew
// rules. It consumes nothing and counts nothing.
func (s *Script) Skew(side string) time.Duration {
	if s == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var off time.Duration
	for _, c := range s.rules {
		if c.Kind == Skew && c.onSide(side) {
			off += c.Rule.Skew
		}
	}
	return off
}

// Fired returns how many calls went wrong so far.
func (s *Script) Fired() int {
	if s == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fired
}

// Pending reports whether a rule with a limited number of Times has not used
// them up. A test asks it to make sure that every fault it planned happened.
func (s *Script) Pending() bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.rules, func(c counted) bool {
		return c.Kind != Skew && c.Kind != None && c.Times > 0 && c.fired < c.Times
	})
}

func (r Rule) onSide(side string) bool {
	return r.Side == "" || strings.EqualFold(r.Side, side)
}

func (r Rule) matches(side, op, who string) bool {
	return r.onSide(side) && matchOp(r.Op, op) && (r.Who == "" || strings.EqualFold(r.Who, who))
}

func matchOp(pattern, op string) bool {
	if pattern == "" {
		return true
	}
	if start, ok := strings.CutSuffix(pattern, "*"); ok {
		return len(op) >= len(start) && strings.EqualFold(op[:len(start)], start)
	}
	return strings.EqualFold(pattern, op)
}
