package model

import (
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/say"
)

// NewerVersion tells of a version that can be had; empty if none is known.
func NewerVersion(n office.Newer) string {
	if n.Version == "" {
		return ""
	}
	return say.T("Lockstep {{.Version}} can be had.", "Version", n.Version)
}

// BundleFiles are the files of diagnostics, with what is in each.
func BundleFiles(d localapi.Diagnostics) []SheetLine {
	out := make([]SheetLine, len(d.Files))
	for i, f := range d.Files {
		out[i] = SheetLine{Name: f.Name, Value: say.T("{{.About}} ({{.Size}})", "About", bundleAbouts(f), "Size", Size(f.Size))}
	}
	return out
}

// Size is how large a file is, in words.
func Size(bytes int) string {
	switch {
	case bytes < 1<<10:
		return say.N("{{.N}} byte", "{{.N}} bytes", bytes)
	case bytes < 1<<20:
		return say.T("{{.N}} KB", "N", (bytes+1<<9)>>10)
	}
	return say.T("{{.N}} MB", "N", (bytes+1<<19)>>20)
}
