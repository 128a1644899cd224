package event

// Hold is how a side could hold a series that the other side has.
type Hold int

// The verdicts. The zero one is the careful one.
const (
	// HoldNot: it is skipped, with a reason.
	HoldNot Hold = iota
	// HoldExpanded: each occurrence inside the window as a single entry.
	HoldExpanded
	// HoldWhole: as a series, without loss.
	HoldWhole
)

// String is the stable name used in JSON.
func (h Hold) String() string {
	names := [...]string{"not", "expanded", "whole"}
	if h < 0 || int(h) >= len(names) {
		return "unknown"
	}
	return names[h]
}
