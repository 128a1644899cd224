package model

import (
	"fmt"
	"strings"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
)

// UndoLine says what an undo has done.
func UndoLine(u localapi.Undo) string {
	var parts []string
	for _, s := range event.Sides() {
		done := u.Written[s.String()]
		for _, what := range []struct {
			kinds []plan.ActionKind
			say   string
		}{
			{[]plan.ActionKind{plan.Create}, "brought back in"},
			{[]plan.ActionKind{plan.Update}, "changed back in"},
			{[]plan.ActionKind{plan.Delete, plan.Leave}, "removed from"},
		} {
			n := 0
			for _, k := range what.kinds {
				n += done[k.String()]
			}
			if n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s %s", n, what.say, SideName(s)))
			}
		}
	}
	if len(parts) == 0 {
		return "nothing was written"
	}
	return strings.Join(parts, ", ")
}
