package ews

import "strconv"

// Shape says which properties an answer holds besides the item's id.
type Shape struct {
	Fields   []FieldURI
	Extended []ExtendedFieldURI
}

// encodeItemShape writes the shape. Fields that the server's version does not know are left out, because
// one of them would fail the whole request. Bodies are asked for as text.
func encodeItemShape(e *encoder, s Shape) {
	e.open("m:ItemShape")
	e.text("t:BaseShape", "IdOnly")
	for _, f := range s.Fields {
		if f == FieldBody {
			e.text("t:BodyType", BodyText.String())
			break
		}
	}
	e.additional(s)
	e.close("m:ItemShape")
}

func (e *encoder) additional(s Shape) {
	opened := false
	start := func() {
		if !opened {
			e.open("t:AdditionalProperties")
			opened = true
		}
	}
	for _, f := range s.Fields {
		p := findProperty(f)
		if p == nil || p.uri == fieldExtended {
			e.fail("ask for %s: the property is not known", f)
			continue
		}
		if p.known(e.version) {
			start()
			e.empty("t:FieldURI", "FieldURI", string(f))
		}
	}
	for _, u := range s.Extended {
		start()
		e.extendedPath(u)
	}
	if opened {
		e.close("t:AdditionalProperties")
	}
}

// itemRef writes one item id.
func (e *encoder) itemRef(r ItemRef) {
	if r.ID.ID == "" {
		e.fail("name item: the id is empty")
		return
	}
	switch r.Kind {
	case RefByID:
		e.empty("t:ItemId", "Id", r.ID.ID, "ChangeKey", r.ID.ChangeKey)
	case RefOccurrence:
		if r.Instance < 1 {
			e.fail("name item: occurrences count from 1")
			return
		}
		e.empty("t:OccurrenceItemId", "RecurringMasterId", r.ID.ID, "ChangeKey", r.ID.ChangeKey, "InstanceIndex", strconv.Itoa(r.Instance))
	case RefMaster:
		e.empty("t:RecurringMasterItemId", "OccurrenceId", r.ID.ID, "ChangeKey", r.ID.ChangeKey)
	default:
		e.fail("name item: the kind of reference is not known")
	}
}

func (e *encoder) itemRefs(refs []ItemRef) {
	e.open("m:ItemIds")
	for _, r := range refs {
		e.itemRef(r)
	}
	e.close("m:ItemIds")
}

// folder writes the id of one folder.
func (e *encoder) folder(f FolderRef) {
	switch {
	case f.ID.ID != "":
		e.empty("t:FolderId", "Id", f.ID.ID, "ChangeKey", f.ID.ChangeKey)
	case f.Name == "":
		e.fail("name folder: neither id nor name given")
	case e.delegate != "":
		e.open("t:DistinguishedFolderId", "Id", string(f.Name))
		e.open("t:Mailbox")
		e.text("t:EmailAddress", e.delegate)
		e.close("t:Mailbox")
		e.close("t:DistinguishedFolderId")
	default:
		e.empty("t:DistinguishedFolderId", "Id", string(f.Name))
	}
}

// targetFolder wraps a folder in an element.
func (e *encoder) targetFolder(name string, f FolderRef) {
	e.open(name)
	e.folder(f)
	e.close(name)
}
