package ews

import (
	"context"
	"errors"
	"strconv"
	"time"
)

const (
	opFindItem = "FindItem"
	// findPage is the cap of the server for a search with a restriction.
	findPage = 250
	// maxView is the longest range of a calendar view.
	maxView = 2 * 366 * 24 * time.Hour
)

// FindRequest searches a folder for items whose extended property exists, or has exactly this value.
type FindRequest struct {
	Folder   FolderRef
	Property ExtendedFieldURI
	// Equals is the value to look for; Exists looks for any value instead.
	Equals string
	Exists bool
	// Offset begins the page at this position.
	Offset int
	Shape  Shape
}

// FindPage is one page of results. Texts are cut after 255 characters; bodies and attendees are not available in a search.
type FindPage struct {
	Items []CalendarItem
	// Last tells that nothing was left out; otherwise go on at Next.
	Last  bool
	Next  int
	Total int
}

// FindItem reads one page of a search for an extended property. It finds series and single items, never occurrences.
func (m *Mailbox) FindItem(ctx context.Context, r FindRequest) (FindPage, error) {
	return m.find(ctx, func(e *encoder) {
		encodeItemShape(e, r.Shape)
		e.empty("m:IndexedPageItemView", "MaxEntriesReturned", strconv.Itoa(findPage), "Offset", strconv.Itoa(r.Offset), "BasePoint", "Beginning")
		e.open("m:Restriction")
		if r.Exists {
			e.open("t:Exists")
			e.extendedPath(r.Property)
			e.close("t:Exists")
		} else {
			e.isEqualTo(PropertyValue{r.Property, r.Equals})
		}
		e.close("m:Restriction")
		e.targetFolder("m:ParentFolderIds", r.Folder)
	})
}

// PropertyValue is an extended property and the exact value that it shall have.
type PropertyValue struct {
	Property ExtendedFieldURI
	Value    string
}

func (e *encoder) isEqualTo(v PropertyValue) {
	e.open("t:IsEqualTo")
	e.extendedPath(v.Property)
	e.open("t:FieldURIOrConstant")
	e.b = append(e.b, `<t:Constant Value="`...)
	e.escape(v.Value, true)
	e.b = append(e.b, `"/>`...)
	e.close("t:FieldURIOrConstant")
	e.close("t:IsEqualTo")
}

// FindAnyRequest searches several folders, not those below them, for items of which at least one property has its value.
type FindAnyRequest struct {
	Folders []FolderRef
	AnyOf   []PropertyValue
	// Offset begins the page of each folder at this position.
	Offset int
	Shape  Shape
}

// FindResult is the outcome for one folder of a FindItemIn.
type FindResult struct {
	Page FindPage
	Err  error
}

// FindItemIn reads the first page of the search in each folder, in one request. There is one result per folder, in order.
func (m *Mailbox) FindItemIn(ctx context.Context, r FindAnyRequest) ([]FindResult, error) {
	if len(r.Folders) == 0 {
		return nil, nil
	}
	if len(r.AnyOf) == 0 {
		return nil, invalid(opFindItem, "find items: nothing to look for")
	}
	a, err := m.findAll(ctx, len(r.Folders), func(e *encoder) {
		encodeItemShape(e, r.Shape)
		e.empty("m:IndexedPageItemView", "MaxEntriesReturned", strconv.Itoa(findPage), "Offset", strconv.Itoa(r.Offset), "BasePoint", "Beginning")
		e.open("m:Restriction")
		if len(r.AnyOf) > 1 {
			e.open("t:Or")
		}
		for _, v := range r.AnyOf {
			e.isEqualTo(v)
		}
		if len(r.AnyOf) > 1 {
			e.close("t:Or")
		}
		e.close("m:Restriction")
		e.open("m:ParentFolderIds")
		for _, f := range r.Folders {
			e.folder(f)
		}
		e.close("m:ParentFolderIds")
	})
	if err != nil {
		return nil, err
	}
	out := make([]FindResult, len(r.Folders))
	for i := range a.messages {
		if e := a.messages[i].err; e != nil {
			out[i].Err = e
			continue
		}
		out[i].Page, out[i].Err = decodeFind(a.messages[i].node.child("RootFolder"))
	}
	return out, nil
}

// ViewRequest asks for what happens in a folder between two instants, at most two years apart.
type ViewRequest struct {
	Folder     FolderRef
	Start, End time.Time
	// Max bounds the number of items; the server has a cap of its own at about 1000.
	Max   int
	Shape Shape
}

// FindItemView expands series into occurrences between two instants. When Last is false the view was cut: go on with the start of the last item.
func (m *Mailbox) FindItemView(ctx context.Context, r ViewRequest) (FindPage, error) {
	start, err := wireTime(r.Start)
	if err != nil {
		return FindPage{}, invalid(opFindItem, "open calendar view: %w", err)
	}
	end, err := wireTime(r.End)
	if err != nil {
		return FindPage{}, invalid(opFindItem, "open calendar view: %w", err)
	}
	if !r.Start.Before(r.End) || r.End.Sub(r.Start) > maxView {
		return FindPage{}, invalid(opFindItem, "open calendar view: the end must lie after the start and within two years")
	}
	most := ""
	if r.Max > 0 {
		most = strconv.Itoa(r.Max)
	}
	return m.find(ctx, func(e *encoder) {
		encodeItemShape(e, r.Shape)
		e.empty("m:CalendarView", "MaxEntriesReturned", most, "StartDate", start, "EndDate", end)
		e.targetFolder("m:ParentFolderIds", r.Folder)
	})
}

func (m *Mailbox) find(ctx context.Context, content func(e *encoder)) (FindPage, error) {
	a, err := m.findAll(ctx, 1, content)
	if err != nil {
		return FindPage{}, err
	}
	if a.messages[0].err != nil {
		return FindPage{}, a.messages[0].err
	}
	return decodeFind(a.messages[0].node.child("RootFolder"))
}

func (m *Mailbox) findAll(ctx context.Context, folders int, content func(e *encoder)) (*answer, error) {
	return m.call(ctx, operation{name: opFindItem, zone: true, inputs: folders, body: func(e *encoder) {
		e.open("m:FindItem", "Traversal", "Shallow")
		content(e)
		e.close("m:FindItem")
	}})
}

// decodeFind refuses an answer that does not tell whether it is complete: taken for complete, it would hide items.
func decodeFind(root *node) (FindPage, error) {
	last, err := parseBool(root.attr("IncludesLastItemInRange"))
	if err != nil {
		return FindPage{}, &Error{Op: opFindItem, Class: ClassProtocol, HTTPStatus: 200, Sent: true, Err: errors.New("read search: the answer does not tell whether it is complete")}
	}
	p := FindPage{Last: last}
	list := root.child("Items").all()
	for i := range list {
		p.Items = append(p.Items, decodeItem(&list[i]))
	}
	if n, err := parseInt(root.attr("IndexedPagingOffset")); err == nil {
		p.Next = n
	}
	if n, err := parseInt(root.attr("TotalItemsInView")); err == nil {
		p.Total = n
	}
	return p, nil
}
