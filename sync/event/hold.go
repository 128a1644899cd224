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

// Why a side cannot hold a series whole: the codes of endpoint.SeriesHolder.
// Their words are in ui/model; a side may have further ones.
const (
	HoldNoSeries       = "no_series"         // the system, or this version of it, has no series
	HoldYearlyInterval = "yearly_interval"   // only every year, not every n-th
	HoldInterval       = "interval"          // so large an interval
	HoldFirstDay       = "weekly_first_day"  // its weeks begin on another day, so that a fortnightly series would drift
	HoldRegenerating   = "regenerating"      // the next one depends on when the last one was done
	HoldNoEnd          = "no_end"            // a series without an end
	HoldTooMany        = "too_many"          // so many occurrences
	HoldZone           = "zone"              // the zone that the series repeats in
	HoldHour           = "hour_missing"      // an hour that the clocks skip on the first day
	HoldClamp          = "day_missing"       // days that some months lack
	HoldPattern        = "pattern"           // this pattern at all
	HoldException      = "exception"         // an exception that the other side has
	HoldOverlap        = "occurrences_touch" // occurrences that overlap, or come in another order
	HoldColleague      = "colleague"         // it could, but a colleague's copy of the series is there date by date
)
