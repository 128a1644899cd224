package exchange

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// scratchSubject is what a person reads who comes across a test entry.
const scratchSubject = "Lockstep: a test entry. It may be deleted."

func scratchField() ews.ExtendedFieldURI { return stampField("LockstepTest") }

// scratchDay lies before every window that can be kept in step.
var scratchDay = event.Date{Year: 2001, Month: time.January, Day: 1}

// Calendar opens the calendar and, unless readOnly is all that is needed, makes
// the test entry in it.
func (x *Examination) Calendar(ctx context.Context, address string, readOnly bool) doctor.Result {
	address = x.at(address)
	r := doctor.Pass()
	o := x.open(ctx, address)
	if o.err != nil {
		switch codeOfError(o.err) {
		case "ErrorNoCalendar":
			return bad(r, doctor.CauseNoCalendar)
		case "ErrorAccessDenied", "ErrorFolderNotFound", "ErrorItemNotFound":
			r = r.With("code", codeOfError(o.err))
			if x.access == ews.AccessDelegate && x.instead(ctx, address) {
				return bad(r, doctor.CauseImpersonate)
			}
			return bad(r, doctor.CauseNoRight)
		}
		told, _ := answered(r, o.err)
		return told
	}
	f := o.folder
	r = r.With("entries", strconv.Itoa(f.TotalCount))
	if f.HasRights {
		r = r.With("rights", rightsText(f.EffectiveRights))
		if !f.EffectiveRights.Read {
			return bad(r, doctor.CauseNoRight)
		}
	}
	if readOnly {
		return r.With("writing", "not needed")
	}
	if f.HasRights && (!f.EffectiveRights.CreateContents || !f.EffectiveRights.Modify && !f.EffectiveRights.Delete) {
		return bad(r, doctor.CauseReadOnly)
	}
	if left, err := x.sweep(ctx, address); err == nil && left > 0 {
		r = r.With("test_entries_removed", strconv.Itoa(left))
	}
	return x.write(ctx, r, address)
}

func rightsText(e ews.Rights) string {
	text := ""
	for _, right := range []struct {
		name string
		has  bool
	}{{"read", e.Read}, {"create", e.CreateContents}, {"change", e.Modify}, {"delete", e.Delete}, {"see private entries", e.ViewPrivateItems}} {
		if right.has {
			if text != "" {
				text += ", "
			}
			text += right.name
		}
	}
	return text
}

// write makes the test entry.
func (x *Examination) write(ctx context.Context, r doctor.Result, address string) doctor.Result {
	c := &calendar{conn: x.conn, box: x.conn.client.Mailbox(address), zone: x.conn.opts.Zone}
	start := scratchDay.Midnight()
	start.Hour = 10
	end := start
	end.Minute = 5
	n := c.newItem(event.Event{
		Subject: scratchSubject, When: event.Span{Start: start, End: end, Zone: c.zone}, Private: true, ShowAs: event.ShowFree,
	}, event.Stamp{})
	n.Item.Extended = []ews.ExtendedProperty{{URI: scratchField(), Value: "1"}}
	made, err := c.box.CreateItem(ctx, calendarFolder(), []ews.NewItem{n}, ews.SendToNone)
	if err == nil {
		err = made[0].Err
	}
	if err == nil {
		x.scratch[address], x.wrote[address] = made[0].Item.ID, true
		return r.With("writing", "a test entry was made")
	}
	code := codeOfError(err)
	switch {
	case x.noted(err):
		return doctor.Skip(doctor.CauseThrottled)
	case code == "ErrorAccessDenied" || code == "ErrorCreateItemAccessDenied":
		return bad(r, doctor.CauseReadOnly).With("code", code)
	case aboutProperty(code):
		return bad(r, doctor.CauseNoProperty).With("code", code).With("detail", code)
	}
	if told, known := answered(r, err); known {
		return told
	}
	return bad(r, doctor.CauseWriteRefused).With("code", code).With("detail", code)
}

// aboutProperty knows the codes by which servers refuse a property of ours.
func aboutProperty(code string) bool {
	switch code {
	case "ErrorItemSavePropertyError", "ErrorInvalidExtendedProperty", "ErrorInvalidExtendedPropertyValue", "ErrorPropertyUpdate",
		"ErrorInvalidPropertySet", "ErrorPropertyValidationFailure":
		return true
	}
	return false
}

// Property reads the mark of the test entry back, and removes the entry.
func (x *Examination) Property(ctx context.Context, address string) doctor.Result {
	address = x.at(address)
	id, ok := x.scratch[address]
	if !ok {
		return doctor.Skip(doctor.CauseNotHere).With("writing", "not needed")
	}
	r := doctor.Pass()
	got, err := x.conn.client.Mailbox(address).GetItem(ctx, []ews.ItemRef{ews.Ref(id)}, ews.Shape{Extended: []ews.ExtendedFieldURI{scratchField()}})
	if err == nil {
		err = got[0].Err
	}
	facts, proved := doctor.Pass(), error(nil)
	if err == nil {
		facts, proved = x.prove(ctx, address, got[0].Item.ID)
	}
	if err == nil && proved == nil && facts.State == doctor.Passed {
		facts = x.facts(ctx, facts, address, x.scratch[address])
	}
	removed := x.remove(ctx, address)
	switch {
	case x.noted(err):
		return doctor.Skip(doctor.CauseThrottled)
	case err != nil:
		told, known := answered(r, err)
		if !known {
			told = bad(r, doctor.CauseUnexpected).With("detail", codeOfError(err))
		}
		return told
	}
	if p, there := got[0].Item.ExtendedValue(scratchField()); !there || p.Value != "1" {
		return bad(r, doctor.CausePropertyLost)
	}
	r = r.With("mark", "written and read back")
	for _, f := range facts.Facts {
		r = r.With(f.Name, f.Value)
	}
	x.noted(proved)
	if facts.State == doctor.Warned {
		r.State, r.Cause = facts.State, facts.Cause
	}
	if removed != nil {
		r.State, r.Cause = doctor.Warned, doctor.CauseNotRemoved
		return r.With("detail", codeOfError(removed))
	}
	return r.With("test_entry", "removed again")
}

// prove tries on the test entry what Lockstep relies on beside the mark itself:
// that an entry is found by it, that a mark which is not there can be taken off,
// and that an old change key keeps a write from being carried out.
func (x *Examination) prove(ctx context.Context, address string, id ews.ItemID) (doctor.Result, error) {
	box, r := x.conn.client.Mailbox(address), doctor.Pass()
	warn := func(c doctor.Cause) {
		if r.State == doctor.Passed {
			r.State, r.Cause = doctor.Warned, c
		}
	}
	found, err := box.FindItemIn(ctx, ews.FindAnyRequest{
		Folders: []ews.FolderRef{calendarFolder()}, AnyOf: []ews.PropertyValue{{Property: scratchField(), Value: "1"}},
	})
	if err == nil {
		err = found[0].Err
	}
	switch {
	case err != nil:
		return r.With("search_by_mark", codeOfError(err)), err
	case !slices.ContainsFunc(found[0].Page.Items, func(it ews.CalendarItem) bool { return it.ID.ID == id.ID }):
		warn(doctor.CauseNoSearch)
		r = r.With("search_by_mark", "not found")
	default:
		r = r.With("search_by_mark", "found")
	}
	took, err := x.stamp(ctx, box, ews.ItemChange{Ref: ews.Ref(id), DeleteExtended: []ews.ExtendedFieldURI{leftField()}})
	if err != nil {
		return r.With("absent_mark_taken_off", codeOfError(err)), err
	}
	r = r.With("absent_mark_taken_off", "no error")
	set := ews.ItemChange{Ref: ews.Ref(took), SetExtended: []ews.ExtendedProperty{{URI: scratchField(), Value: "2"}}}
	if took, err = x.stamp(ctx, box, set); err != nil {
		return r.With("mark_changed", codeOfError(err)), err
	}
	x.scratch[address] = took
	set.Ref = ews.Ref(id)
	switch _, err = x.stamp(ctx, box, set); {
	case err == nil:
		warn(doctor.CauseOverwrites)
		return r.With("old_change_key", "accepted"), nil
	case ews.ClassOf(err) == ews.ClassPrecondition:
		return r.With("old_change_key", "refused"), nil
	}
	return r.With("old_change_key", codeOfError(err)), err
}

// stamp changes marks of the test entry, telling nobody, and gives its new id.
func (x *Examination) stamp(ctx context.Context, box *ews.Mailbox, c ews.ItemChange) (ews.ItemID, error) {
	res, err := box.UpdateItem(ctx, []ews.ItemChange{c}, ews.UpdateOptions{Conflict: ews.NeverOverwrite, Send: ews.SendToNone})
	if err == nil {
		err = res[0].Err
	}
	if err != nil {
		return ews.ItemID{}, err
	}
	return res[0].Item.ID, nil
}

// remove deletes the test entry for good: nobody shall find it in Deleted Items.
func (x *Examination) remove(ctx context.Context, address string) error {
	if err := x.erase(ctx, address, x.scratch[address]); err != nil {
		return err // Close tries once more
	}
	delete(x.scratch, address)
	return nil
}

func (x *Examination) erase(ctx context.Context, address string, id ews.ItemID) error {
	errs, err := x.conn.client.Mailbox(address).DeleteItem(ctx, []ews.ItemRef{ews.Ref(id)}, ews.DeleteOptions{Disposal: ews.HardDelete, Send: ews.SendToNone})
	if err != nil {
		return err
	}
	if e := errs[0]; e != nil && ews.ClassOf(e) != ews.ClassItemNotFound {
		return e
	}
	return nil
}

// sweep removes what examinations that were cut off have left behind: in the
// calendar, in Deleted Items, and a hidden note. What bears the mark and is
// another entry than we make was copied or changed by a person, and stays.
func (x *Examination) sweep(ctx context.Context, address string) (int, error) {
	box := x.conn.client.Mailbox(address)
	shape := ews.Shape{Fields: []ews.FieldURI{ews.FieldSubject, ews.FieldStart}}
	found, err := box.FirstMarked(ctx, calendarFolder(), scratchField(), shape)
	if err != nil {
		return 0, err
	}
	// Deleted Items and hidden items need not be within the account's rights.
	if more, err := box.FirstMarked(ctx, ews.FolderRef{Name: ews.FolderDeletedItems}, scratchField(), shape); err == nil {
		found = append(found, more...)
	}
	found = slices.DeleteFunc(found, func(it ews.CalendarItem) bool { return it.Start.Time.Year() != scratchDay.Year })
	if box.Version().Has(ews.FeatureAssociated) {
		if hidden, err := box.FindNotes(ctx, calendarFolder(), true, scratchField(), ews.Shape{Fields: []ews.FieldURI{ews.FieldSubject}}); err == nil {
			found = append(found, hidden...)
		}
	}
	n := 0
	for _, it := range found {
		if it.Subject != scratchSubject {
			continue
		}
		if err := x.erase(ctx, address, it.ID); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func asEWS(err error) (*ews.Error, bool) { return errors.AsType[*ews.Error](err) }
