package statetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Office is what a store offers: the state and its history.
type Office interface {
	state.Office
	state.History
}

// Options tell the suite how to come by an office.
type Options struct {
	// New makes a fresh office and returns how to open it. Each call of open
	// closes what the last one gave and opens the same office anew, as a
	// program does that was started again.
	New func(t testing.TB) (open func(t testing.TB) Office)
}

// Run judges a store.
func Run(t *testing.T, o Options) {
	for _, c := range checks() {
		t.Run(c.name, func(t *testing.T) { c.do(begin(t, o)) })
	}
}

// Notices runs the suite against a store that is known to be broken and
// returns the names of the checks that complain, each with its first words.
func Notices(t testing.TB, o Options) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, c := range checks() {
		if said := crashtest.Trial(t, func(t testing.TB) { c.do(begin(t, o)) }); len(said) > 0 {
			out[c.name] = said[0]
		}
	}
	return out
}

type check struct {
	name string
	do   func(*bench)
}

func checks() []check {
	return []check{
		{"Load_OfSomebodyNewIsEmpty", emptyAtFirst},
		{"Context_EndedChangesNothing", endedContext},
		{"People_AreIsolated", peopleIsolated},
		{"People_WriteAtTheSameTime", concurrent},

		{"SavePull_StoresRowsWithTheirCursor", pullStores},
		{"SavePull_KeepsEveryFieldOfAnItem", wholeItem},
		{"SavePull_KeepsOddIDsAndLongCursors", oddIDs},
		{"SavePull_KeepsGoneRowsForTheirLink", goneRows},
		{"SavePull_KeepsGoneRowsForAnOpenQuestion", goneSource},
		{"SavePull_KeepsASeriesForItsOccurrences", seriesRows},
		{"SavePull_KeepsUnreadableRows", unreadableRows},
		{"SavePull_SweepsWithTheLastPageOnly", sweepLast},
		{"SavePull_SweepsByTheNewestEnumeration", sweepNewest},
		{"SavePull_SweepsWhatItCoversOnly", sweepCovers},
		{"SavePull_SweepsItsSideOnlyAndNothingProven", sweepSide},
		{"SavePull_IdentityIsKeptWhenUnknown", identityKept},

		{"SaveLinks_StoresAndReplaces", linksStored},
		{"SaveLinks_RefusesAnUnknownLinkWhole", linksUnknown},

		{"Scrub_TakesTextFromEverywhere", scrubbed},

		{"Begin_JournalsIntents", beginJournals},
		{"Begin_GrantsAClaimOnce", claimsOnce},
		{"Begin_ReleasesClaimsOfWhatWasNotDone", claimsReleased},
		{"Begin_HoldsAClaimAsLongAsItsLink", claimsOfLinks},
		{"Begin_HoldsAClaimWhileUnsure", claimsUnsure},
		{"Begin_JoinsARunOfItsOwnPerson", beginJoins},
		{"MarkSent_MarksOpenEntriesOnly", markSent},
		{"Settle_DoesAllAtOnce", settleAll},
		{"Settle_IsAllOrNothing", settleAtomic},
		{"Settle_KeepsAnUnsureEntryOpen", settleUnsure},
		{"Settle_EndsALink", settleUnlinks},
		{"Settle_RemembersDeletions", deletions},
		{"Settle_ForgetsDeletionsThatWereLookedAt", deletionsLookedAt},
		{"Settle_CountsADeletedSeriesOnce", deletionsOfSeries},
		{"Settle_RemembersDatesTakenOutOfASeries", datesOfSeries},
		{"Settle_KeepsAGoneEndOfALink", goneBySettle},
		{"Settle_AddsToTheTrailOfALink", trails},

		{"EndRun_StoresTheReport", endRun},
		{"EndRun_OfARunThatOpenedNothing", endRunZero},
		{"EndRun_ApprovesOnceAndForAll", approved},
		{"Answer_ReplacesTheOlderOne", answers},
		{"Answer_OfWhoIsRightHoldsForOneQuestion", answersEnd},
		{"Answer_OfWhoIsRightHoldsForWhatIsLeft", answersLast},

		{"Index_SharedTellsLinksAndOpenCreates", indexShared},

		{"History_RunsAreNewestFirst", historyRuns},
		{"History_ChangesAreInTheirOrder", historyChanges},
		{"History_TellsTheLinkAsItWas", historyLinks},
		{"History_NotesOnceWhoWasTold", historyNotices},
	}
}

const (
	anna = event.PersonID("anna@office.test")
	bert = event.PersonID("bert@office.test")
)

// bench is one fresh office under test.
type bench struct {
	testing.TB
	open func(testing.TB) Office
	now  Office
}

func begin(t testing.TB, o Options) *bench {
	open := o.New(t)
	return &bench{TB: t, open: open, now: open(t)}
}

// reopen starts the program again.
func (b *bench) reopen() {
	b.Helper()
	b.now = b.open(b.TB)
}

func (b *bench) anna() state.Store { return b.now.Person(anna) }
func (b *bench) bert() state.Store { return b.now.Person(bert) }

// ok demands that a step went well, and starts the program again after it.
func (b *bench) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatalf("unexpected error: %v", err)
	}
	b.reopen()
}

func (b *bench) load(p event.PersonID) state.Snapshot {
	b.Helper()
	s, err := b.now.Person(p).Load(b.Context())
	if err != nil {
		b.Fatalf("load: %v", err)
	}
	return s
}

// row is one mirror row of anna's, if it is there.
func (b *bench) row(s event.Side, id event.ID) (plan.Mirrored, bool) {
	b.Helper()
	for _, m := range b.load(anna).Mirror[s] {
		if m.Item.ID == id {
			return m, true
		}
	}
	return plan.Mirrored{}, false
}

// presence demands what the mirror says of an entry of anna's business side.
func (b *bench) presence(id event.ID, want plan.Presence) {
	b.Helper()
	m, ok := b.row(event.Business, id)
	if !ok || m.Presence != want {
		b.Errorf("row %q: there %v, %v, want %v", id, ok, m.Presence, want)
	}
}

func (b *bench) absent(s event.Side, id event.ID) {
	b.Helper()
	if m, ok := b.row(s, id); ok {
		b.Errorf("row %q of %v is there, %v", id, s, m.Presence)
	}
}

// same compares values as stores keep them: times by instant, a nil slice and
// an empty one alike.
func (b *bench) same(what string, got, want any) {
	b.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		b.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// at is a moment, n minutes after an arbitrary one.
func at(n int) time.Time {
	return time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
}

// item is an entry on the nth day of May.
func item(id event.ID, n int) event.Item {
	d := event.Date{Year: 2026, Month: time.May, Day: n}
	return event.Item{
		Ref: event.Ref{ID: id, Version: "v1"},
		Event: event.Event{
			Subject: fmt.Sprintf("Entry %s", id),
			When:    event.Span{Start: event.Wall{Date: d, Hour: 9}, End: event.Wall{Date: d, Hour: 10}, Zone: "Europe/Helsinki"},
		},
	}
}

func is(it event.Item) endpoint.Change { return endpoint.Change{ID: it.ID, Item: &it} }
func gone(id event.ID) endpoint.Change { return endpoint.Change{ID: id, Gone: true} }
func unreadable(id event.ID, code string) endpoint.Change {
	return endpoint.Change{ID: id, Err: &endpoint.Error{Op: "read entry", ID: id, Code: code}}
}

// pull stores a page of anna's business side.
func (b *bench) pull(p state.Pull) {
	b.Helper()
	if p.At.IsZero() {
		p.At = at(0)
	}
	b.ok(b.anna().SavePull(b.Context(), event.Business, p))
}

// link ties two entries of a person and returns the link as stored.
func (b *bench) link(p event.PersonID, l plan.Link) plan.Link {
	b.Helper()
	had := map[plan.LinkID]bool{}
	for _, x := range b.load(p).Links {
		had[x.ID] = true
	}
	b.ok(b.now.Person(p).SaveLinks(b.Context(), []plan.Link{l}))
	for _, x := range b.load(p).Links {
		if !had[x.ID] {
			return x
		}
	}
	b.Fatalf("a new link is not stored")
	return l
}

func ends(business, exchange event.ID) plan.Link {
	return plan.Link{Refs: [2]event.Ref{{ID: business, Version: "v1"}, {ID: exchange, Version: "v1"}}}
}

// create is the intent to make an entry on the business side from one of
// Exchange with that UID.
func create(id event.ID, uid string) state.Intent {
	source := item(id, 5)
	source.UID = uid
	in := state.Intent{
		Action: plan.Action{
			Kind: plan.Create, Side: event.Business, Have: [2]*event.Item{nil, &source},
			Want: source.Event, Fields: event.AllFields, Reason: plan.Reason{Code: plan.OnlyThere, From: event.Exchange},
		},
		Stamp: event.Stamp{Office: "office", Key: event.Key("key-" + id)},
	}
	if uid != "" {
		in.Claim = "uid:" + uid
	}
	return in
}

// begin journals intents of a person in a new run.
func (b *bench) begin(p event.PersonID, in ...state.Intent) ([]state.Entry, []state.Refusal) {
	b.Helper()
	open, refused, err := b.now.Person(p).Begin(b.Context(), state.Run{Person: p, Started: at(1), Cause: state.CauseManual}, in)
	b.ok(err)
	return open, refused
}

// begun journals one intent that nobody's claim stands against.
func (b *bench) begun(p event.PersonID, in state.Intent) state.Entry {
	b.Helper()
	open, refused := b.begin(p, in)
	if len(open) != 1 || len(refused) != 0 {
		b.Fatalf("%d entries opened, %d refused, want 1 and 0", len(open), len(refused))
	}
	return open[0]
}

func (b *bench) settle(p event.PersonID, done ...state.Settled) {
	b.Helper()
	b.ok(b.now.Person(p).Settle(b.Context(), done))
}
