package model

import (
	"slices"

	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// FreeResources are those that no mailbox shows.
func FreeResources(found []localapi.Resource) []localapi.Resource {
	return slices.DeleteFunc(slices.Clone(found), func(r localapi.Resource) bool { return r.Enabled })
}

// ResourceName is what one is called in a list, with how often it is booked.
func ResourceName(r localapi.Resource) string {
	name := r.Name
	if name == "" {
		name = r.ID
	}
	return say.N("{{.Name}} · {{.N}} entry", "{{.Name}} · {{.N}} entries", r.Entries, "Name", name)
}
