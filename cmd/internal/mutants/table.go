package main

// mutant is one defect.
type mutant struct {
	name string
	file string
	old  string // stands once in the file
	with string
	// pkg has the tests that must notice; run picks them, empty: all.
	pkg, run string
}

// The tests of behaviour: machines of random histories, deaths at every step,
// and whole offices.
const (
	histories = "^(TestMachine|TestSync_|TestRecover|TestCrash|TestEvery|TestLost|TestApply)"
	everyone  = ""
)

// mutants is the list of injected defects.
func mutants() []mutant {
	const apply, settle, lost, pull = "sync/engine/apply.go", "sync/engine/settle.go", "sync/engine/lost.go", "sync/engine/pull.go"
	const recovery = "sync/engine/recover.go"
	return []mutant{
		{"drop the journal: send before it is noted", apply, "if err := r.Store.MarkSent(ctx, ids, sentAt); err != nil {", "if err := func() error { _ = ids; return nil }(); err != nil {", "./sync/engine", everyone},
		{"do not look into what an earlier run left open", recovery, "if applied, left, err = e.recoverSent(ctx, sent, m); err != nil {", "if applied, left, err = e.recoverSent(ctx, nil, m); err != nil {", "./sync/engine", histories},
		{"retry a create blindly", recovery, "out.Item = e.conceal(a.Side, out.Item)", "if out.Item = e.conceal(a.Side, out.Item); a.Kind == plan.Create { out = endpoint.Outcome{Kind: endpoint.NotApplied} }", "./sync/engine", histories},
		{"take any candidate of a lost create", lost, "case len(free) <= left:", "case len(free) > 0:", "./sync/engine", everyone},
		{"make a lost create again although it may be there, changed", lost, "case len(free)+len(others) == 0:", "case len(free) == 0:", "./sync/engine", histories},
		{"take the base from what is found", settle, "endpoint.Result{Item: out.Item, Notified: a.Mails}", "endpoint.Result{Item: out.Item, Notified: a.Mails, Exact: true}", "./sync/engine", everyone},
		{"forget an answer field by field before the second side is written", settle, "\t\tRest: a.Rest,", "\t\tRest: 0,", "./sync/engine", everyone},
		{"sweep before the last page", pull, "Changes: d.Changes, Next: next, EnumID: d.EnumID, Last: !d.More,", "Changes: d.Changes, Next: next, EnumID: d.EnumID, Last: true,", "./sync/engine", everyone},
		{"treat a page as a complete listing", pull, "full = full || d.Complete()", "full, more = full || d.Complete(), false", "./sync/engine", everyone},
		{"take any failed look for the proof of a deletion", pull, "case g.Err != nil && g.Err.Kind == endpoint.NotFound && g.Err.Scope == endpoint.ScopeItem &&", "case g.Err != nil &&", "./sync/engine", everyone},
		{"forget what is gone from the feed only", "sync/severa/gone.go", "return ok && !at.Before(asked)", "return false && ok && !at.Before(asked)", "./sync/severa", everyone},
		{"ignore the change key", "sync/exchange/apply.go", "ews.UpdateOptions{Conflict: ews.NeverOverwrite, Send: w.mode}", "ews.UpdateOptions{Conflict: ews.AlwaysOverwrite, Send: w.mode}", "./sync/exchange", everyone},
		{"skip the lease before a batch", apply, "if err := r.confirm(ctx); err != nil {", "if err := error(nil); err != nil {", "./sync/engine", everyone},
		{"write although another holds the lease", apply, "if !mine {", "if false && !mine {", "./sync/engine", everyone},
		{"write beside a colleague's engine", apply, "if gate := r.Gates[first.Side]; gate != nil {", "if gate := r.Gates[first.Side]; false && gate != nil {", "./sync/engine", everyone},
		{"make a meeting once for each who holds it", apply, `in.Claim = "uid:" + source.UID`, `in.Claim = "uid:" + source.UID + string(r.Person)`, "./sync/office", everyone},
		{"two owners' deletes: a guest deletes for all", "sync/severa/apply.go", "case endpoint.Delete:\n\t\tif participant {", "case endpoint.Delete:\n\t\tif false && participant {", "./sync/severa", everyone},
		{"write while somebody only looks", recovery, "case m == looking:", "case false && m == looking:", "./sync/engine", everyone},
		{"make a second copy of what was only made anew", "sync/plan/link.go", "\tp.rejoin(&l, &ends)\n", "", "./sync/office", everyone},
		{"take an activity that was made twice for two", "sync/plan/free.go", "!p.madeTwice(s, it) && ", "", "./sync/engine", everyone},
		{"let a day take dates out of series without end", "sync/plan/halt.go", "a.Kind == Leave || a.Thins()", "a.Kind == Leave", "./sync/engine", everyone},
		{"undo without hold", "sync/plan/undo.go", "\tl.State = Held", "\tl.State = Live", "./sync/plan", everyone},
		{"plan what is on hold", "sync/plan/link.go", "case l.State == Held && !edited:", "case false && l.State == Held && !edited:", "./sync/engine", everyone},
		{"follow a program that rewrites the calendar for ever", "sync/plan/trail.go", "if why == nil {", "if why == nil || true {", "./sync/engine", everyone},
		{"never stop for safety", "sync/plan/halt.go", "\t\t\treturn why", "\t\t\t_ = why", "./sync/engine", everyone},
		{"let a tenth of a large calendar be deleted in one run", "sync/plan/halt.go", "{&l.DeleteRun, 50},", "{&l.DeleteRun, 5000},", "./sync/office", everyone},
		{"forget what was deleted earlier in the day", "sync/plan/halt.go", "case n > 0 && p.in.Deleted24h+n > lim.DeleteDay:", "case n > lim.DeleteDay:", "./sync/office", everyone},
		{"take an empty side for the truth", "sync/plan/halt.go", "case t.lost[s] == t.linked[s]:", "case false && t.lost[s] == t.linked[s]:", "./sync/office", everyone},
		{"let another mailbox under the same address pass", pull, "if known != \"\" && now != known {", "if false && known != \"\" && now != known {", "./sync/office", everyone},
		{"let colleagues' copies follow although they were mailed", "sync/plan/follow.go", "case a.Side == event.Business, a.Mails > 0, l.Quiet, a.Hold != nil,", "case a.Side == event.Business, a.Hold != nil,", "./sync/office", everyone},
		{"let copies follow what the organiser has changed since", "sync/plan/follow.go", "\t\t\tfields &^= event.Diff(row.Item.Event, l.Base[s])\n", "", "./sync/office", everyone},
		{"delete for all what one person leaves or declines", "sync/plan/link.go", "\tif p.onlyLeaves(l, here, it) {\n\t\tif a.Kind = Leave", "\tif false && p.onlyLeaves(l, here, it) {\n\t\tif a.Kind = Leave", "./sync/office", everyone},
		{"store the text of what is only to show as busy", "sync/engine/private.go", "\t\tif c.Item = e.conceal(s, c.Item); c.Item != nil", "\t\tif c.Item != nil", "./sync/engine", everyone},
		{"let the list of outsiders into the notes", "sync/severa/mapping.go", "\tnotes, outsiders := splitNotes(text(a.Notes))", "\tnotes := text(a.Notes)\n\t_, outsiders := splitNotes(notes)", "./sync/severa", everyone},
		{"mail people although the office does not", "sync/plan/mail.go", "!p.in.Policy.Requests || ", "", "./sync/engine", everyone},
		{"mail for an old change at a first sync", "sync/plan/mail.go", " || p.in.First", "", "./sync/plan", everyone},
		{"mail again what may have been mailed", "sync/plan/mail.go", " || l.Quiet", "", "./sync/engine", everyone},
		{"ignore whom to mail", "sync/exchange/write.go", "case n == endpoint.NotifyAll:", "case false && n == endpoint.NotifyAll:", "./sync/exchange", everyone},
		{"mail with each request of a series", "sync/exchange/occurrence.go", "ews.UpdateOptions{Conflict: ews.NeverOverwrite, Send: ews.SendToNone}", "ews.UpdateOptions{Conflict: ews.NeverOverwrite, Send: w.mode}", "./sync/exchange", everyone},
		{"mail people", "sync/exchange/write.go", "\treturn ews.SendToNone\n}", "\treturn ews.SendToAllAndSaveCopy\n}", "./sync/exchange", everyone},
	}
}
