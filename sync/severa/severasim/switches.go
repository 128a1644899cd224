package severasim

import (
	"fmt"
	"time"
)

// Switches choose between behaviours of the real service that its documents
// leave open. The zero value of each is the default.
type Switches struct {
	// Offset is the UTC offset that returned date-times carry. The documents say
	// "in user's timezone" of the query and nothing of the answer.
	Offset Offset
	// PageCap is the largest rowCount: 100 by the OpenAPI document (the default),
	// 1000 by the help page.
	PageCap int
	// RefuseOverCap answers 400 to a rowCount above PageCap; else it is lowered.
	RefuseOverCap bool
	// OffsetPaging makes page tokens count rows from the first one, so that a
	// deletion between two pages hides a row; else a token names the last row seen.
	OffsetPaging bool
	// PageTokenLife is how long a page token is good for; 0 is for ever.
	PageTokenLife time.Duration
	// MidnightOf says whose midnight bounds an all-day activity.
	MidnightOf ZoneOf
	// RefuseOffMidnight answers 400 to an all-day activity that does not start and
	// end at midnight; else its days are taken whole.
	RefuseOffMidnight bool
	// SeriesZone says in whose zone a series keeps its wall-clock time.
	SeriesZone ZoneOf
	// SundayFirst begins the weeks that a weekly interval counts on Sunday, else Monday.
	SundayFirst bool
	// ClampMonthEnd moves the 31st of a short month to its last day; else that month is skipped.
	ClampMonthEnd bool
	// RefuseOccurrenceWrite answers 400 to PATCH and DELETE of one occurrence; else they make an exception.
	RefuseOccurrenceWrite bool
	// PlainExceptionIDs gives exceptions a guid of their own; else they keep "series;occurrence".
	PlainExceptionIDs bool
	// DatedOccurrenceIDs makes the second half of an occurrence's id its original
	// start in UTC; else it is a guid, of which nothing can be told.
	DatedOccurrenceIDs bool
	// MasterPatch says what a PATCH of a series does to its exceptions.
	MasterPatch MasterPatch
	// Listed says what recurrence.exceptions of a series tells.
	Listed ListedExceptions
	// ResetSparesRemoved lets DELETE /exceptions put changed occurrences back
	// and leave removed ones removed; else it brings all back.
	ResetSparesRemoved bool
	// QuietExceptions leaves the series' lastUpdatedDateTime alone when one occurrence changes.
	QuietExceptions bool
	// SeriesByFirst tests a master against startDateTime and endDateTime by its
	// first occurrence alone; else by the whole stretch of its occurrences.
	SeriesByFirst bool
	// Horizon is how far from now a series without end is expanded when the
	// query names no end; 0 means 365 days.
	Horizon time.Duration
	// NoRuleText leaves recurrenceRule null; else it is an RFC 5545 rule.
	NoRuleText bool
	// PatchValues says how the value of a patch operation must be written.
	PatchValues PatchValues
	// NoRetryAfter leaves Retry-After off the 429 of the rate limit.
	NoRetryAfter bool
	// QuotaPerAddress counts the rate limit per client address, else per client id.
	QuotaPerAddress bool
	// MissingUser404 answers 404 to GET /v1/users?email= that finds nobody; else 200 and [].
	MissingUser404 bool
	// QuietParticipants leaves the activity's lastUpdatedDateTime alone when participants change.
	QuietParticipants bool
	// OwnerIsParticipant lists the owner among the participants.
	OwnerIsParticipant bool
	// FixedOwner refuses PATCH of an activity's owner; that it is allowed is
	// inferred from ownerUser not being marked as read-only.
	FixedOwner bool
	// FixedParticipantStatus refuses PATCH of a participant's status, as the
	// documents' remark that only "IsConfirmed" can be updated may mean.
	FixedParticipantStatus bool
	// OverlapInclusive counts an activity that ends exactly at startDateTime as
	// overlapping; the documents say both "end after" and "limits are included".
	OverlapInclusive bool
	// UpdatedPrecision is what lastUpdatedDateTime is cut to; 0 means a millisecond.
	UpdatedPrecision time.Duration
}

// Offset is the UTC offset of returned date-times.
type Offset int

// The offsets.
const (
	OffsetZero         Offset = iota // "+00:00", as .NET writes UTC
	OffsetZ                          // "Z"
	OffsetOwner                      // the offset of the owner's zone
	OffsetOrganisation               // the offset of the organisation's zone
)

// String returns the name.
func (o Offset) String() string {
	return name(int(o), "Offset", "zero", "z", "owner", "organisation")
}

// ZoneOf says whose time zone counts.
type ZoneOf int

// The zones.
const (
	ZoneOwner ZoneOf = iota
	ZoneOrganisation
	ZoneUTC
)

// String returns the name.
func (z ZoneOf) String() string {
	return name(int(z), "ZoneOf", "owner", "organisation", "utc")
}

// MasterPatch says what a PATCH of a series does to its exceptions.
type MasterPatch int

// The effects.
const (
	ResetByRule MasterPatch = iota // they end where the start, the rule or the whole-day flag changes
	ResetAlways                    // they end
	ResetNever                     // those stay whose occurrence is still one
)

// String returns the name.
func (m MasterPatch) String() string {
	return name(int(m), "MasterPatch", "reset_by_rule", "reset_always", "reset_never")
}

// ListedExceptions says what recurrence.exceptions of a series tells.
type ListedExceptions int

// The lists.
const (
	ListAll     ListedExceptions = iota // the original starts of changed and removed occurrences
	ListRemoved                         // of removed ones alone
	ListNone                            // nothing
)

// String returns the name.
func (l ListedExceptions) String() string {
	return name(int(l), "ListedExceptions", "all", "removed", "none")
}

// PatchValues says how a patch operation's value must be written.
type PatchValues int

// The forms. The schema types the value as a string; live clients send others.
const (
	PatchAny     PatchValues = iota // "true" or true, "5" or 5
	PatchStrings                    // a string or null only; an object is JSON inside a string
	PatchRaw                        // numbers, booleans and objects as such only
)

// String returns the name.
func (p PatchValues) String() string {
	return name(int(p), "PatchValues", "any", "strings", "raw")
}

func name(i int, typ string, names ...string) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprintf("%s(%d)", typ, i)
	}
	return names[i]
}

func (w Switches) pageCap() int {
	if w.PageCap <= 0 {
		return 100
	}
	return w.PageCap
}

func (w Switches) horizon() time.Duration {
	if w.Horizon <= 0 {
		return 365 * 24 * time.Hour
	}
	return w.Horizon
}

func (w Switches) precision() time.Duration {
	if w.UpdatedPrecision <= 0 {
		return time.Millisecond
	}
	return w.UpdatedPrecision
}

// Variation is one setting of the switches with a name for a subtest.
type Variation struct {
	Name     string
	Switches Switches
}

// AllSwitches returns the default setting, then one setting for every other
// value of every switch, then one with most of them changed at once. A client
// that works in all of them works whatever the open questions' answers are.
//
// UpdatedPrecision is left at its default: with a coarse one two edits within it
// cannot be told apart by anybody.
func AllSwitches() []Variation {
	all := []Variation{{Name: "default"}}
	add := func(name string, set func(*Switches)) {
		v := Variation{Name: name}
		set(&v.Switches)
		all = append(all, v)
	}
	add("offset_z", func(w *Switches) { w.Offset = OffsetZ })
	add("offset_owner", func(w *Switches) { w.Offset = OffsetOwner })
	add("offset_organisation", func(w *Switches) { w.Offset = OffsetOrganisation })
	add("page_cap_1000", func(w *Switches) { w.PageCap = 1000 })
	add("refuse_over_cap", func(w *Switches) { w.RefuseOverCap = true })
	add("offset_paging", func(w *Switches) { w.OffsetPaging = true })
	add("page_token_life_10m", func(w *Switches) { w.PageTokenLife = 10 * time.Minute })
	add("midnight_of_organisation", func(w *Switches) { w.MidnightOf = ZoneOrganisation })
	add("midnight_of_utc", func(w *Switches) { w.MidnightOf = ZoneUTC })
	add("refuse_off_midnight", func(w *Switches) { w.RefuseOffMidnight = true })
	add("series_zone_organisation", func(w *Switches) { w.SeriesZone = ZoneOrganisation })
	add("series_zone_utc", func(w *Switches) { w.SeriesZone = ZoneUTC })
	add("sunday_first", func(w *Switches) { w.SundayFirst = true })
	add("clamp_month_end", func(w *Switches) { w.ClampMonthEnd = true })
	add("refuse_occurrence_write", func(w *Switches) { w.RefuseOccurrenceWrite = true })
	add("plain_exception_ids", func(w *Switches) { w.PlainExceptionIDs = true })
	add("dated_occurrence_ids", func(w *Switches) { w.DatedOccurrenceIDs = true })
	add("master_patch_resets", func(w *Switches) { w.MasterPatch = ResetAlways })
	add("master_patch_never_resets", func(w *Switches) { w.MasterPatch = ResetNever })
	add("removed_listed_alone", func(w *Switches) { w.Listed = ListRemoved })
	add("exceptions_not_listed", func(w *Switches) { w.Listed = ListNone })
	add("reset_spares_removed", func(w *Switches) { w.ResetSparesRemoved = true })
	add("quiet_exceptions", func(w *Switches) { w.QuietExceptions = true })
	add("series_by_first", func(w *Switches) { w.SeriesByFirst = true })
	add("horizon_60_days", func(w *Switches) { w.Horizon = 60 * 24 * time.Hour })
	add("no_rule_text", func(w *Switches) { w.NoRuleText = true })
	add("patch_strings", func(w *Switches) { w.PatchValues = PatchStrings })
	add("patch_raw", func(w *Switches) { w.PatchValues = PatchRaw })
	add("no_retry_after", func(w *Switches) { w.NoRetryAfter = true })
	add("quota_per_address", func(w *Switches) { w.QuotaPerAddress = true })
	add("missing_user_404", func(w *Switches) { w.MissingUser404 = true })
	add("quiet_participants", func(w *Switches) { w.QuietParticipants = true })
	add("owner_is_participant", func(w *Switches) { w.OwnerIsParticipant = true })
	add("fixed_participant_status", func(w *Switches) { w.FixedParticipantStatus = true })
	add("fixed_owner", func(w *Switches) { w.FixedOwner = true })
	add("overlap_inclusive", func(w *Switches) { w.OverlapInclusive = true })
	add("most_changed", func(w *Switches) {
		*w = Switches{
			Offset: OffsetOwner, RefuseOverCap: true, OffsetPaging: true, PageTokenLife: 10 * time.Minute,
			MidnightOf: ZoneOrganisation, RefuseOffMidnight: true, SeriesZone: ZoneOrganisation,
			SundayFirst: true, ClampMonthEnd: true, RefuseOccurrenceWrite: true, PlainExceptionIDs: true,
			DatedOccurrenceIDs: true, MasterPatch: ResetAlways, Listed: ListNone, ResetSparesRemoved: true,
			QuietExceptions: true, SeriesByFirst: true, Horizon: 60 * 24 * time.Hour, NoRuleText: true, PatchValues: PatchStrings,
			NoRetryAfter: true, QuotaPerAddress: true, MissingUser404: true, QuietParticipants: true,
			OwnerIsParticipant: true, FixedOwner: true, FixedParticipantStatus: true, OverlapInclusive: true,
		}
	})
	return all
}
