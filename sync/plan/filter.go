package plan

import (
	"slices"
	"strings"

	"lockstep/sync/event"
)

// Filter names Exchange entries that stay out of the business system. The zero
// Filter lets everything in.
type Filter struct {
	// Categories keep entries out that bear one of them; where Only is set, none
	// go in but those that bear one of Only. Both are lower case.
	Categories []string
	Only       []string
	ShowAs     []event.ShowAs
	Private    bool
	AllDay     bool
	// Subjects are lower-case patterns: with a * anything may stand there and
	// the whole subject must fit, without one it must hold the text.
	Subjects []string
}

// Excludes names the rule that keeps an entry out; empty where none does.
func (f Filter) Excludes(it event.Item) string {
	has := func(names []string) bool {
		return slices.ContainsFunc(it.Categories, func(c string) bool { return slices.Contains(names, strings.ToLower(c)) })
	}
	subject := strings.ToLower(it.Subject)
	switch {
	case has(f.Categories), len(f.Only) > 0 && !has(f.Only):
		return "category"
	case slices.Contains(f.ShowAs, it.ShowAs):
		return "show_as"
	case f.Private && Hides(it):
		return "private"
	case f.AllDay && it.When.AllDay:
		return "all_day"
	case slices.ContainsFunc(f.Subjects, func(p string) bool { return fits(p, subject) }):
		return "subject"
	}
	return ""
}

// fits matches a pattern of Filter.Subjects.
func fits(pattern, subject string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern != "" && strings.Contains(subject, pattern)
	}
	if !strings.HasPrefix(subject, parts[0]) {
		return false
	}
	rest := subject[len(parts[0]):]
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return strings.HasSuffix(rest, last)
}

// leftOut is why a linked pair has become one that is kept to itself, nil if
// it has not: both ends stay as they are. What the rules never let through
// came from the other side and stays in step.
func (p *planner) leftOut(l Link, ends [2]end) *Reason {
	if b := ends[event.Business]; b.Presence != Gone {
		if c := p.withdrawn(l, b.item); c != "" {
			return &Reason{Code: c}
		}
	}
	x := ends[event.Exchange].item
	if x == nil || l.Origin == OriginBusiness {
		return nil
	}
	if rule := p.in.Policy.In.Excludes(*x); rule != "" {
		return &Reason{Code: FilteredOut, From: event.Exchange, Detail: rule}
	}
	return nil
}

// fieldClosed is the rule that forbids writing field f on s although the side
// as a whole is open.
func (p *planner) fieldClosed(s event.Side, f event.FieldSet) *Reason {
	d := p.in.Policy.Fields[f]
	if d == Publish && s == event.Business || d == Collect && s == event.Exchange {
		return &Reason{Code: FieldClosed, From: s.Other()}
	}
	return nil
}

// shut is why field f is never written on s, whatever the entry.
func (p *planner) shut(s event.Side, f event.FieldSet) *Reason {
	if c := p.closed[s]; c != nil {
		return c
	}
	return p.fieldClosed(s, f)
}

// createFields are the fields of a new entry on s: those that may flow there,
// and in any case what makes it an entry.
func (p *planner) createFields(s event.Side) event.FieldSet {
	out := event.AllFields
	for f := range p.in.Policy.Fields {
		if f&(event.FieldSubject|event.FieldWhen|event.FieldRecurrence) == 0 && p.fieldClosed(s, f) != nil {
			out &^= f
		}
	}
	return out
}
