package model

import (
	"fmt"
	"maps"
	"slices"
)

// Foreign tells of other programs whose marks are on a person's entries; one
// sentence each, without a full stop.
func Foreign(marks map[string]int) []string {
	names := map[string]string{
		"dynamics": "Dynamics 365", "ogcs": "Outlook Google Calendar Sync", "lockstep": "another Lockstep installation",
	}
	var out []string
	for _, tool := range slices.Sorted(maps.Keys(marks)) {
		name := names[tool]
		if name == "" {
			name = tool
		}
		out = append(out, fmt.Sprintf("%s marked by %s: if it still runs, the two undo each other's changes; let only one keep this calendar in step",
			count(marks[tool], "entry is", "entries are"), name))
	}
	return out
}
