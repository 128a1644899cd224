package office

// Remedy is what a person can do about a state.
type Remedy string

// The remedies. Front ends have a word, a button or a command for each.
const (
	Wait        Remedy = "wait"         // it passes by itself
	SyncNow     Remedy = "sync_now"     // bring everybody in step once
	Resume      Remedy = "resume"       // end the pause
	TakeOver    Remedy = "take_over"    // write from this PC
	CheckNet    Remedy = "check_net"    // network, address, server
	SetSecret   Remedy = "set_secret"   // give the right password
	Approve     Remedy = "approve"      // look at what waits and approve it
	Decide      Remedy = "decide"       // answer the questions
	LookAtStop  Remedy = "look_at_stop" // see what was withheld, and let it through or keep what there is
	SetClock    Remedy = "set_clock"    // put a clock right
	SeeProblems Remedy = "see_problems" // look at the entries that were passed over
)

// State is one row of the table of states: what leads into it, what leads out
// of it, and what a person can do. The worst person decides the office's.
type State struct {
	Health Health
	// Begins and Ends are what happens, for who reads this table.
	Begins, Ends string
	// Passes: it ends by itself once its cause has.
	Passes   bool
	Remedies []Remedy
}

// States is the table, mildest first.
func States() []State {
	return []State{
		{UpToDate, "a run left nothing undone, and the promise is kept", "anything below", true, nil},
		{Syncing, "a run begins", "the run ends", true, []Remedy{Wait}},
		{Paused, "a person pauses the office", "the time is over, or a person resumes", true, []Remedy{Resume}},
		{Standby, "another installation holds the lease", "its lease expires, or a person takes over", true, []Remedy{Wait, TakeOver}},
		{Offline, "a server cannot be reached", "a run reaches it", true, []Remedy{Wait, CheckNet}},
		{SlowedDown, "a server asks for a pause", "a run is served", true, []Remedy{Wait}},
		{
			NeedsAttention, "something waits for a person, was passed over or failed, a clock is off, or the promise is broken",
			"it is decided, approved or mended, and a run has seen that", false,
			[]Remedy{Decide, Approve, SeeProblems, SetClock, SyncNow},
		},
		{SignInAgain, "a sign-in is refused", "a run signs in with another secret", false, []Remedy{SetSecret}},
		{StoppedForSafety, "a plan looks like an accident", "a person lets it through, or its cause is gone", false, []Remedy{LookAtStop}},
	}
}

// StateOf is the row of a state.
func StateOf(h Health) State {
	for _, s := range States() {
		if s.Health == h {
			return s
		}
	}
	return State{Health: h}
}

// RemediesFor is what can be done about a person's state, by what is in his
// way: of the remedies of the state, those that apply.
func RemediesFor(p PersonStatus) []Remedy {
	if p.Health != NeedsAttention {
		return StateOf(p.Health).Remedies
	}
	var out []Remedy
	for _, r := range StateOf(NeedsAttention).Remedies {
		applies := map[Remedy]bool{
			Decide: p.Waiting > 0, Approve: p.Unapproved, SeeProblems: len(p.Problems) > 0, SetClock: len(p.Clocks) > 0,
			SyncNow: p.Waiting == 0 && !p.Unapproved && len(p.Problems) == 0,
		}[r]
		if applies {
			out = append(out, r)
		}
	}
	return out
}
