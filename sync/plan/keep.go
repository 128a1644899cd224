package plan

import "lockstep/sync/event"

// Keep are the links of a halted plan as they are when everything shall stay
// as it is now: on hold, with what each end holds as agreed. What would have
// been made gets a link that has one end. An end that is not there any more
// stays away, until a person or a change of the other end says otherwise.
func Keep(p Plan, links []Link) []Link {
	if p.Halt == nil {
		return nil
	}
	known := map[LinkID]Link{}
	for _, l := range links {
		known[l.ID] = l
	}
	var out []Link
	held := map[LinkID]bool{}
	for _, as := range [][]Action{p.Halt.Withheld, p.Actions} {
		for _, a := range as {
			if !concerned(a) || held[a.Link] {
				continue
			}
			l, ok := known[a.Link]
			if a.Link != "" && !ok {
				continue
			}
			held[a.Link] = a.Link != ""
			l.State = Held
			for _, s := range event.Sides() {
				if it := a.Have[s]; it != nil && (a.Kind != Ask || a.Reason.From != s) {
					l.Refs[s], l.Base[s] = it.Ref, it.Event
					if it.UID != "" && l.UID == "" {
						l.UID = it.UID
					}
				}
			}
			out = append(out, l)
		}
	}
	return out
}

// concerned tells whether a safety stop may have been about an action: one
// that it withholds, or that asks about an end that is gone.
func concerned(a Action) bool {
	switch a.Kind {
	case Create, Update, Delete, Leave:
		return true
	case Ask:
		return a.Link != "" && (a.Reason.Code == Vanished || a.Reason.Code == DeletedAndEdited)
	case Pair, Stamp, Unlink, Await, Skip:
	}
	return false
}

// Returned are the answers by which entries that were deleted on one side are
// made again there. Those that are only not listed any more are not among
// them: they may turn up again.
func Returned(p Plan) []Answer {
	if p.Halt == nil {
		return nil
	}
	var out []Answer
	for _, as := range [][]Action{p.Halt.Withheld, p.Actions} {
		for _, a := range as {
			here := a.Side
			switch {
			case a.Kind == Delete || a.Kind == Leave:
			case a.Kind == Ask && a.Reason.Code == DeletedAndEdited:
				here = a.Reason.From.Other()
			default:
				continue
			}
			if it := a.Have[here]; it != nil {
				out = append(out, Answer{Side: here, ID: it.ID, Choice: take(here)})
			}
		}
	}
	return out
}
