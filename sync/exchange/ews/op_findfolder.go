package ews

import (
	"context"
	"errors"
	"strconv"
)

const (
	opFindFolder = "FindFolder"
	// folderPage is how many folders one page asks for; the server's own cap for a search is at 1000.
	folderPage = 1000
)

// FolderList is what lies below one of the folders that were asked for, at any depth.
type FolderList struct {
	Folders []Folder
	Err     error
}

// FindFolder lists all folders below each parent, at any depth, in one request as long as none holds more than a page. There is one result per parent, in
// order. Of a Folder it tells the ID alone: names are the owner's business, and an older server is asked nothing that it does not know. Search folders,
// which hold nothing of their own, are left out. With delegate access a distinguished parent is that of the mailbox's owner, and folders on which the
// account has no right are not listed.
//
// Source: https://learn.microsoft.com/exchange/client-developer/web-service-reference/findfolder-operation.
func (m *Mailbox) FindFolder(ctx context.Context, parents ...FolderRef) ([]FolderList, error) {
	if len(parents) == 0 {
		return nil, nil
	}
	first, err := m.findFolder(ctx, parents, 0)
	if err != nil {
		return nil, err
	}
	out := make([]FolderList, len(parents))
	for i, page := range first {
		offset := 0
		for page.err == nil {
			out[i].Folders = append(out[i].Folders, page.folders...)
			if page.last {
				break
			}
			if page.next <= offset {
				page.err = &Error{Op: opFindFolder, Class: ClassProtocol, HTTPStatus: 200, Sent: true, Err: errors.New("read folders: the next page does not follow")}
				break
			}
			offset = page.next
			more, err := m.findFolder(ctx, parents[i:i+1], offset)
			if err != nil {
				return nil, err
			}
			page = more[0]
		}
		if page.err != nil {
			out[i] = FolderList{Err: page.err}
		}
	}
	return out, nil
}

// foldersPage is one page of the folders below one parent.
type foldersPage struct {
	folders []Folder
	last    bool
	next    int
	err     error
}

func (m *Mailbox) findFolder(ctx context.Context, parents []FolderRef, offset int) ([]foldersPage, error) {
	a, err := m.call(ctx, operation{name: opFindFolder, inputs: len(parents), body: func(e *encoder) {
		e.open("m:FindFolder", "Traversal", "Deep")
		e.open("m:FolderShape")
		e.text("t:BaseShape", "IdOnly")
		e.close("m:FolderShape")
		e.empty("m:IndexedPageFolderView", "MaxEntriesReturned", strconv.Itoa(folderPage), "Offset", strconv.Itoa(offset), "BasePoint", "Beginning")
		e.open("m:ParentFolderIds")
		for _, f := range parents {
			e.folder(f)
		}
		e.close("m:ParentFolderIds")
		e.close("m:FindFolder")
	}})
	if err != nil {
		return nil, err
	}
	out := make([]foldersPage, len(parents))
	for i := range a.messages {
		if e := a.messages[i].err; e != nil {
			out[i].err = e
			continue
		}
		out[i] = decodeFolders(a.messages[i].node.child("RootFolder"))
	}
	return out, nil
}

// decodeFolders refuses a page that does not tell whether it is complete, and a folder without an id: what lies there would be taken for deleted.
func decodeFolders(root *node) foldersPage {
	bad := func(text string) foldersPage {
		return foldersPage{err: &Error{Op: opFindFolder, Class: ClassProtocol, HTTPStatus: 200, Sent: true, Err: errors.New("read folders: " + text)}}
	}
	last, err := parseBool(root.attr("IncludesLastItemInRange"))
	if err != nil {
		return bad("the answer does not tell whether it is complete")
	}
	p := foldersPage{last: last}
	if n, err := parseInt(root.attr("IndexedPagingOffset")); err == nil {
		p.next = n
	}
	list := root.child("Folders").all()
	for i := range list {
		if list[i].name == "SearchFolder" {
			continue
		}
		f := decodeFolder(&list[i])
		if f.ID.ID == "" {
			return bad("a folder has no id")
		}
		p.folders = append(p.folders, f)
	}
	return p
}
