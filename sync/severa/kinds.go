package severa

import (
	"cmp"
	"slices"

	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// Type is a kind of activity that the organisation has defined.
type Type struct {
	ID      string
	Name    string
	Group   event.Group
	Default bool
	Active  bool
}

func (t Type) kind() event.Kind { return event.Kind{ID: t.ID, Name: t.Name, Group: t.Group} }

// groupOf reads a category. That SalesEvent is the product's to-do and Task its
// project task is inferred: only the latter carries a project task status.
func groupOf(c api.Category) event.Group {
	switch c {
	case api.CategoryPersonal:
		return event.GroupPersonal
	case api.CategoryAbsences:
		return event.GroupAbsence
	case api.CategoryCalendarEntry:
		return event.GroupCalendar
	case api.CategorySalesEvent:
		return event.GroupTodo
	case api.CategoryTask:
		return event.GroupProjectTask
	default:
		return event.GroupNone
	}
}

// kinds are the organisation's types as one person's entries use them.
type kinds struct {
	byID     map[string]Type
	personal Type // for private entries; no ID: there is none
	plain    Type // for all others; no ID: there is none
}

// newKinds chooses the types that entries get which come without one. own is
// the person's default type, if any. A type that would make an entry private,
// or a project task, is no default for the others.
func newKinds(types []Type, own string) kinds {
	k := kinds{byID: map[string]Type{}}
	sorted := slices.Clone(types)
	slices.SortFunc(sorted, func(a, b Type) int {
		return cmp.Or(rank(a)-rank(b), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	for _, t := range sorted {
		k.byID[t.ID] = t
		if t.Group == event.GroupPersonal && k.personal.ID == "" {
			k.personal = t // an inactive one at worst: better refused than shown to others
		}
	}
	usable := func(t Type) bool {
		return t.Active && t.Group != event.GroupPersonal && t.Group != event.GroupProjectTask
	}
	if t, ok := k.byID[own]; ok && usable(t) {
		k.plain = t
		return k
	}
	for _, want := range []func(Type) bool{
		func(t Type) bool { return t.Default },
		func(t Type) bool { return t.Group == event.GroupCalendar },
		func(Type) bool { return true },
	} {
		for _, t := range sorted {
			if usable(t) && want(t) {
				k.plain = t
				return k
			}
		}
	}
	return k
}

// rank puts active types first, and defaults before the others.
func rank(t Type) int {
	n := 0
	if !t.Active {
		n += 2
	}
	if !t.Default {
		n++
	}
	return n
}

// hasPersonal tells whether entries can be private at all.
func (k kinds) hasPersonal() bool { return k.personal.ID != "" }

// of is the kind that an event is stored with. Whether it is private decides
// before the kind that it names: the other side knows only the former.
func (k kinds) of(e event.Event) event.Kind {
	kind := e.Kind
	if t, ok := k.byID[kind.ID]; ok {
		kind = t.kind()
	}
	if kind.ID != "" && (!k.hasPersonal() || e.Private == (kind.Group == event.GroupPersonal)) {
		return kind
	}
	if e.Private && k.hasPersonal() {
		return k.personal.kind()
	}
	return k.plain.kind()
}
