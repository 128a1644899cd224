package model

import (
	"maps"
	"slices"

	"lockstep/ui/say"
)

// Foreign tells of other programs whose marks are on a person's entries; one
// sentence each, without a full stop.
func Foreign(marks map[string]int) []string {
	names := map[string]string{
		"dynamics": "Dynamics 365", "ogcs": "Outlook Google Calendar Sync", "lockstep": say.T("another Lockstep installation"),
	}
	var out []string
	for _, tool := range slices.Sorted(maps.Keys(marks)) {
		name := names[tool]
		if name == "" {
			name = tool
		}
		out = append(out, say.N("{{.N}} entry is marked by {{.Tool}}: if it still runs, the two undo each other's changes; let only one keep this calendar in step",
			"{{.N}} entries are marked by {{.Tool}}: if it still runs, the two undo each other's changes; let only one keep this calendar in step",
			marks[tool], "Tool", name))
	}
	return out
}
