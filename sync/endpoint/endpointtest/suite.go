package endpointtest

import (
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
)

// Run judges an endpoint.
func Run(t *testing.T, o Options) {
	o = o.withDefaults()
	for _, c := range checks() {
		if !applies(t, c, o) {
			continue
		}
		t.Run(c.name, func(t *testing.T) { c.do(begin(t, o)) })
	}
}

// Notices runs the suite against an endpoint that is known to be broken and
// returns the names of the checks that complain, each with its first words.
func Notices(t testing.TB, o Options) map[string]string {
	t.Helper()
	o = o.withDefaults()
	out := map[string]string{}
	for _, c := range checks() {
		if !applies(t, c, o) {
			continue
		}
		if said := crashtest.Trial(t, func(t testing.TB) { c.do(begin(t, o)) }); len(said) > 0 {
			out[c.name] = said[0]
		}
	}
	return out
}

// check is one thing that every endpoint it applies to must do.
type check struct {
	name string
	do   func(*bench)
	// needs says to whom it applies; nil: to all.
	needs func(event.Capabilities) bool
}

// applies looks at what a fresh endpoint declares. It is asked without a
// bench, so that a check that does not apply leaves no trace.
func applies(t testing.TB, c check, o Options) bool {
	if c.needs == nil {
		return true
	}
	ep, _ := o.New(t)
	return c.needs(ep.Capabilities())
}

func writes(c event.Capabilities) bool  { return !c.ReadOnly }
func deletes(c event.Capabilities) bool { return !c.ReadOnly && !c.NoDelete }
func marks(c event.Capabilities) bool   { return !c.ReadOnly && c.Keys }
func batches(c event.Capabilities) bool { return !c.ReadOnly && c.Batch >= 3 }
func refuses(c event.Capabilities) bool { return c.ReadOnly || c.NoDelete }

func checks() []check {
	return []check{
		{name: "Capabilities_AreUsableAndConstant", do: capabilities},
		{name: "Identity_IsStable", do: identity},

		{name: "Changes_ListsEverythingOnce", do: listsEverything},
		{name: "Changes_TellsOfEditsSinceTheCursor", do: tellsOfEdits},
		{name: "Changes_NeitherSkipsNorRepeatsWhileItemsChange", do: pagingUnderEdits},
		{name: "Changes_TellsTheSameAgainFromTheSameCursor", do: cursorReplays},
		{name: "Changes_FailsInsteadOfAShortList", do: failsMidPage},
		{name: "Changes_ExpiredCursorBeginsAnew", do: expiredCursor},
		{name: "Changes_ProvesADeletionByAPerson", do: personDeletes},
		{name: "Changes_TombstoneIsNoItem", do: oneOfThree},
		{name: "Changes_OneUnreadableEntryStopsNothing", do: unreadable},
		{name: "Get_AnswersEachIDInOrder", do: getInOrder},
		{name: "Watch_HintsAndEnds", do: watch},

		{name: "Create_ReadsBackAsNormalize", do: createReadsBack, needs: writes},
		{name: "Create_RefusesWhatEndsBeforeItStarts", do: createInvalid, needs: writes},
		{name: "Create_IsFoundByItsKeyOnce", do: foundByKey, needs: marks},
		{name: "Update_WritesItsFieldsOnly", do: updateFields, needs: writes},
		{name: "Update_RefusesAnOldVersion", do: updateStale, needs: writes},
		{name: "Update_OfNothingIsNotFound", do: updateNothing, needs: writes},
		{name: "Update_OfAnAttendeesCopyOnlyFollows", do: attendeesCopy, needs: marks},
		{name: "Delete_IsProvenAndRecoverable", do: deleteProven, needs: deletes},
		{name: "Delete_RefusesAnOldVersion", do: deleteStale, needs: deletes},
		{name: "Delete_OfAParticipantSparesTheOthers", do: participantDeletes, needs: deletes},
		{name: "Leave_OnlyLeaves", do: leaveOnly, needs: writes},
		{name: "Mark_WritesTheMarkAlone", do: markAlone, needs: marks},
		{name: "Notify_ZeroValueMailsNobody", do: mailsNobody, needs: writes},
		{name: "Notify_CountsWhoWasMailed", do: countsMail, needs: writes},
		{name: "Apply_AnswersInOrderAroundABadOp", do: badOpInTheMiddle, needs: batches},
		{name: "Apply_TakesAWholeBatch", do: wholeBatch, needs: writes},
		{name: "Apply_KeepsToItsRights", do: keepsToRights, needs: refuses},
		{name: "Apply_TroubleBeforehandWritesNothing", do: troubleBefore, needs: writes},

		{name: "Settle_Create", do: settleCreate, needs: writes},
		{name: "Settle_CreateBesideATwin", do: settleTwin, needs: writes},
		{name: "Settle_CreateThatAPersonEditedSince", do: settleCreateEdited, needs: writes},
		{name: "Settle_Update", do: settleUpdate, needs: writes},
		{name: "Settle_UpdateThatAPersonEditedSince", do: settleEdited, needs: writes},
		{name: "Settle_Delete", do: settleDelete, needs: deletes},
		{name: "Settle_Leave", do: settleLeave, needs: writes},
		{name: "Settle_EachCreateOfALostBatch", do: settleBatch, needs: func(c event.Capabilities) bool { return marks(c) && batches(c) }},
		{name: "Settle_Mark", do: settleMark, needs: marks},

		{name: "Normalize_IsIdempotentAndKeepsToItsFields", do: normalizeIdempotent},
		{name: "Normalize_KeepsDistinctInputsDistinct", do: normalizeDistinct},
		{name: "Normalize_EqualsReadAfterWrite", do: normalizeReadAfterWrite, needs: writes},
		{name: "Texts_SurviveOrAreRefused", do: nastyTexts, needs: writes},
		{name: "Times_SurviveClockChanges", do: oddTimes, needs: writes},

		{name: "Lease_IsTakenOutOfSight", do: leaseIsTaken, needs: writes},
		{name: "Lease_BindsOtherInstallations", do: leaseIsRefused, needs: writes},
		{name: "Lease_Expires", do: leaseExpires, needs: writes},
		{name: "Lease_IsTakenOverByForce", do: leaseIsTakenOver, needs: writes},
		{name: "Lease_IsDroppedByItsHolderAlone", do: leaseIsDropped, needs: writes},
		{name: "Lease_OneOfSeveralGetsIt", do: leaseRace, needs: writes},

		{name: "Context_CancelledReturnsPromptly", do: cancelled},
	}
}

// begin sets a bench up for one check.
func begin(t testing.TB, o Options) *bench {
	ep, hands := o.New(t)
	return &bench{TB: t, o: o, ep: ep, hands: hands, caps: ep.Capabilities()}
}

// bench is one fresh calendar under test.
type bench struct {
	testing.TB
	o     Options
	ep    endpoint.Endpoint
	hands Hands
	caps  event.Capabilities
}
