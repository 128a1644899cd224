package exchange

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// What Lockstep relies on, of which documents say nothing or are contradicted by
// reports, is tried on the test entry: once for each build of the server that an
// examination meets. A server that does otherwise is told by name.

// asExpected is the value of a fact that holds.
const asExpected = "as expected"

// errNotThere says that the test entry is not where it should be.
var errNotThere = errors.New("the test entry is not there")

// trial is one examination of one mailbox's server.
type trial struct {
	x       *Examination
	address string
	box     *ews.Mailbox
	at      ews.ItemID // of the test entry as it is now
}

// claim is one fact and how it is tried. What it gives is the fact's value.
type claim struct {
	name string
	try  func(ctx context.Context) (string, error)
}

// claims are in the order in which they are tried; those that move the test entry come last.
func (t *trial) claims() []claim {
	return []claim{
		{"organiser_of_plain_entry", t.organiser},
		{"whole_day_read_back", t.wholeDay},
		{"times_read_back", t.times},
		{"place_of_255_letters", t.place},
		{"notes_read_back", t.notes},
		{"categories_read_back", t.categories},
		{"ids_by_name_and_id_of_folder", t.sameIDs},
		{"search_with_50_terms", t.manyTerms},
		{"search_by_uid", t.byUID},
		{"sync_state", t.syncState},
		{"hidden_note", t.hiddenNote},
		{"moved_and_back", t.moved},
	}
}

// facts tries what is claimed of a server, and adds what came of it.
func (x *Examination) facts(ctx context.Context, r doctor.Result, address string, id ews.ItemID) doctor.Result {
	box := x.conn.client.Mailbox(address)
	server := build(box.Server())
	if x.tried[server] {
		return r
	}
	x.tried[server] = true
	t := &trial{x: x, address: address, box: box, at: id}
	var other []string
	for _, c := range t.claims() {
		said, err := c.try(ctx)
		if x.noted(err) || ctx.Err() != nil {
			return r.With(c.name, "not tried: the server asks for a pause")
		}
		if err != nil {
			said = reasonFor(err)
			other = append(other, c.name)
		}
		r = r.With(c.name, said)
	}
	if len(other) > 0 && r.State == doctor.Passed {
		r.State, r.Cause = doctor.Warned, doctor.CauseUnlike
		r = r.With("detail", strings.Join(other, ", "))
	}
	return r
}

// reasonFor is a failure without any text of an entry.
func reasonFor(err error) string {
	if code := codeOfError(err); code != "" {
		return code
	}
	if e, ok := asEWS(err); ok {
		return ews.ClassOf(e).String()
	}
	return err.Error()
}

// unlike says what a server did in the place of what was expected.
func unlike(format string, args ...any) error { return fmt.Errorf(format, args...) }

// write changes the test entry.
func (t *trial) write(ctx context.Context, c ews.ItemChange) error {
	c.Ref = ews.Ref(t.at)
	took, err := t.x.stamp(ctx, t.box, c)
	if err == nil {
		t.know(took)
	}
	return err
}

// know keeps the id of the test entry, so that it is removed whatever comes.
func (t *trial) know(id ews.ItemID) { t.at, t.x.scratch[t.address] = id, id }

// read reads the test entry.
func (t *trial) read(ctx context.Context, s ews.Shape) (ews.CalendarItem, error) {
	got, err := t.box.GetItem(ctx, []ews.ItemRef{ews.Ref(ews.ItemID{ID: t.at.ID})}, s)
	if err == nil {
		err = got[0].Err
	}
	if err != nil {
		return ews.CalendarItem{}, err
	}
	return got[0].Item, nil
}

func (t *trial) organiser(ctx context.Context) (string, error) {
	it, err := t.read(ctx, ews.Shape{Fields: []ews.FieldURI{ews.FieldIsOrganizer}})
	switch {
	case err != nil:
		return "", err
	case !it.Has(ews.FieldIsOrganizer):
		return "not told", nil // before 2013
	}
	return strconv.FormatBool(it.IsOrganizer), nil
}

// span writes times as an entry gets them, and reads them back.
func (t *trial) span(ctx context.Context, s event.Span) (string, error) {
	c := &calendar{conn: t.x.conn, box: t.box, zone: t.x.conn.opts.Zone}
	var it ews.CalendarItem
	c.setTimes(&it, s)
	if err := t.write(ctx, ews.ItemChange{Item: it, Set: timeFields()}); err != nil {
		return "", err
	}
	got, err := t.read(ctx, ews.Shape{Fields: timeFields()})
	if err != nil {
		return "", err
	}
	off := got.Start.Time.Sub(it.Start.Time)
	length := got.End.Time.Sub(got.Start.Time) - it.End.Time.Sub(it.Start.Time)
	switch {
	case got.IsAllDay != it.IsAllDay:
		return "", unlike("the mark of a whole day is %t in the place of %t", got.IsAllDay, it.IsAllDay)
	case off != 0 || length != 0:
		return "", unlike("moved by %s, longer by %s", off, length)
	}
	return asExpected, nil
}

func (t *trial) times(ctx context.Context) (string, error) {
	start := scratchDay.Midnight()
	start.Hour = 13
	end := start
	end.Hour, end.Minute = 14, 30
	return t.span(ctx, event.Span{Start: start, End: end, Zone: t.x.conn.opts.Zone})
}

func (t *trial) wholeDay(ctx context.Context) (string, error) {
	day := scratchDay.AddDays(1) // whose midnight is in the same year everywhere, see sweep
	return t.span(ctx, event.Span{AllDay: true, Start: day.Midnight(), End: day.AddDays(1).Midnight(), Zone: t.x.conn.opts.Zone})
}

func (t *trial) place(ctx context.Context) (string, error) {
	long := strings.Repeat("å", maxLine)
	if err := t.write(ctx, ews.ItemChange{Item: ews.CalendarItem{Location: long}, Set: []ews.FieldURI{ews.FieldLocation}}); err != nil {
		return "", err
	}
	it, err := t.read(ctx, ews.Shape{Fields: []ews.FieldURI{ews.FieldLocation}})
	if err == nil && it.Location != long {
		err = unlike("%d bytes of %d came back", len(it.Location), len(long))
	}
	return asExpected, err
}

func (t *trial) notes(ctx context.Context) (string, error) {
	const text = "a test\n\n<b>å & ü</b>\n  2"
	err := t.write(ctx, ews.ItemChange{Item: ews.CalendarItem{Body: ews.Body{Type: ews.BodyText, Text: text}}, Set: []ews.FieldURI{ews.FieldBody}})
	if err != nil {
		return "", err
	}
	it, err := t.read(ctx, ews.Shape{Fields: []ews.FieldURI{ews.FieldBody}})
	if got := strings.TrimRight(strings.ReplaceAll(it.Body.Text, "\r\n", "\n"), "\n "); err == nil && got != text {
		err = unlike("%d bytes of %d came back, changed", len(got), len(text))
	}
	return asExpected, err
}

func (t *trial) categories(ctx context.Context) (string, error) {
	want := []string{"Lockstep test"}
	err := t.write(ctx, ews.ItemChange{Item: ews.CalendarItem{Categories: want}, Set: []ews.FieldURI{ews.FieldCategories}})
	if err != nil {
		return "", err
	}
	it, err := t.read(ctx, ews.Shape{Fields: []ews.FieldURI{ews.FieldCategories}})
	if err == nil && !slices.Equal(it.Categories, want) {
		err = unlike("%d categories came back, or another one", len(it.Categories))
	}
	return asExpected, err
}

// sameIDs compares the test entry's id in the folder by its name and by its id.
func (t *trial) sameIDs(ctx context.Context) (string, error) {
	folder := t.x.opened[t.address].folder.ID
	if folder.ID == "" {
		return "not told", nil
	}
	found, err := t.find(ctx, []ews.FolderRef{calendarFolder(), {ID: folder}}, []ews.PropertyValue{{Property: scratchField(), Value: "2"}})
	if err != nil {
		return "", err
	}
	for _, ids := range found {
		if !slices.Contains(ids, t.at.ID) {
			return "", errNotThere
		}
	}
	return asExpected, nil
}

// find lists the ids of what a search finds in each folder.
func (t *trial) find(ctx context.Context, in []ews.FolderRef, terms []ews.PropertyValue) ([][]string, error) {
	found, err := t.box.FindItemIn(ctx, ews.FindAnyRequest{Folders: in, AnyOf: terms})
	if err != nil {
		return nil, err
	}
	out := make([][]string, len(found))
	for i, f := range found {
		if f.Err != nil {
			return nil, f.Err
		}
		for n := range f.Page.Items {
			out[i] = append(out[i], f.Page.Items[n].ID.ID)
		}
	}
	return out, nil
}

func (t *trial) search(ctx context.Context, terms []ews.PropertyValue) (string, error) {
	found, err := t.find(ctx, []ews.FolderRef{calendarFolder()}, terms)
	if err == nil && !slices.Contains(found[0], t.at.ID) {
		err = errNotThere
	}
	return asExpected, err
}

func (t *trial) manyTerms(ctx context.Context) (string, error) {
	terms := make([]ews.PropertyValue, searchTerms)
	for i := range terms {
		terms[i] = ews.PropertyValue{Property: scratchField(), Value: "none " + strconv.Itoa(i)}
	}
	terms[len(terms)-1].Value = "2"
	return t.search(ctx, terms)
}

func (t *trial) byUID(ctx context.Context) (string, error) {
	it, err := t.read(ctx, ews.Shape{Fields: []ews.FieldURI{ews.FieldUID}})
	switch {
	case err != nil:
		return "", err
	case it.UID == "":
		return "not told", nil // Exchange 2007
	}
	return t.search(ctx, []ews.PropertyValue{{Property: ews.UIDProperty(), Value: ews.UIDValue(it.UID)}})
}

func (t *trial) syncState(ctx context.Context) (string, error) {
	p, err := t.box.SyncFolderItems(ctx, ews.SyncRequest{Folder: calendarFolder(), Max: 1})
	if err == nil && p.State == "" {
		err = unlike("it gives none")
	}
	return strconv.Itoa(len(p.State)) + " bytes", err
}

// hiddenNote makes, changes, finds and removes a note as the lease is one.
func (t *trial) hiddenNote(ctx context.Context) (string, error) {
	if !t.box.Version().Has(ews.FeatureAssociated) {
		return "an ordinary one: this Exchange knows none that are hidden", nil
	}
	mark := func(v string) []ews.ExtendedProperty {
		return []ews.ExtendedProperty{{URI: scratchField(), Value: v}}
	}
	id, err := t.box.CreateNote(ctx, calendarFolder(), ews.Note{Class: leaseClass + ".Test", Subject: scratchSubject, Extended: mark("note"), Hidden: true})
	if err != nil {
		return "", err
	}
	if _, err = t.box.UpdateNote(ctx, id, mark("changed")); err == nil {
		if _, again := t.box.UpdateNote(ctx, id, mark("twice")); again == nil {
			err = unlike("an old change key overwrites it")
		}
	}
	var found []ews.CalendarItem
	if err == nil {
		found, err = t.box.FindNotes(ctx, calendarFolder(), true, scratchField(), ews.Shape{})
	}
	if err == nil && !slices.ContainsFunc(found, func(it ews.CalendarItem) bool { return it.ID.ID == id.ID }) {
		err = unlike("it is not among the hidden ones")
	}
	return asExpected, errors.Join(err, t.x.erase(ctx, t.address, id))
}

// moved takes the test entry to Deleted Items and back, as an undo does.
func (t *trial) moved(ctx context.Context) (string, error) {
	shape := ews.Shape{Fields: []ews.FieldURI{ews.FieldDateTimeCreated}, Extended: []ews.ExtendedFieldURI{scratchField()}}
	before, err := t.read(ctx, shape)
	if err != nil {
		return "", err
	}
	for _, to := range []ews.FolderRef{{Name: ews.FolderDeletedItems}, calendarFolder()} {
		err := t.move(ctx, to)
		if codeOfError(err) == "ErrorAccessDenied" && t.x.access == ews.AccessDelegate {
			return "not allowed to this account", nil // which has the calendar alone
		}
		if err != nil {
			return "", err
		}
		now, err := t.read(ctx, shape)
		if err != nil {
			return "", err
		}
		was, _ := before.ExtendedValue(scratchField())
		if is, ok := now.ExtendedValue(scratchField()); !ok || is.Value != was.Value {
			return "", unlike("the mark is lost on the way")
		}
		if d := now.DateTimeCreated.Time.Sub(before.DateTimeCreated.Time).Abs(); d > time.Second {
			return "", unlike("the day of making has moved by %s", d)
		}
	}
	return asExpected, nil
}

func (t *trial) move(ctx context.Context, to ews.FolderRef) error {
	got, err := t.box.MoveItem(ctx, []ews.ItemRef{ews.Ref(t.at)}, to)
	if err == nil {
		err = got[0].Err
	}
	if err != nil {
		return err
	}
	if id := got[0].Item.ID; id.ID != "" {
		t.know(id)
		return nil
	}
	// Servers before Exchange 2010 SP1 do not tell the new id.
	found, err := t.box.FirstMarked(ctx, to, scratchField(), ews.Shape{Fields: []ews.FieldURI{ews.FieldSubject}})
	if err != nil {
		return err
	}
	for _, it := range found {
		if it.Subject == scratchSubject {
			t.know(it.ID)
			return nil
		}
	}
	return errNotThere
}
