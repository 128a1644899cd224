package ews

import "context"

const opGetFolder = "GetFolder"

// Folder is what GetFolder tells of a folder.
type Folder struct {
	ID               FolderID
	Parent           FolderID
	Class            string // for example IPF.Appointment
	DisplayName      string
	TotalCount       int
	EffectiveRights  Rights
	HasRights        bool // whether the server sent EffectiveRights
	ChildFolderCount int
}

// FolderResult is the outcome for one folder of a batch.
type FolderResult struct {
	Folder Folder
	Err    error
}

// GetFolder reads folders with their class, name, count and the account's rights. There is one result per folder, in order.
func (m *Mailbox) GetFolder(ctx context.Context, folders ...FolderRef) ([]FolderResult, error) {
	if len(folders) == 0 {
		return nil, nil
	}
	a, err := m.call(ctx, operation{name: opGetFolder, inputs: len(folders), body: func(e *encoder) {
		e.open("m:GetFolder")
		e.open("m:FolderShape")
		e.text("t:BaseShape", "IdOnly")
		e.open("t:AdditionalProperties")
		for _, f := range []string{
			"folder:ParentFolderId", "folder:DisplayName", "folder:TotalCount", "folder:ChildFolderCount", "folder:FolderClass", "folder:EffectiveRights",
		} {
			e.empty("t:FieldURI", "FieldURI", f)
		}
		e.close("t:AdditionalProperties")
		e.close("m:FolderShape")
		e.open("m:FolderIds")
		for _, f := range folders {
			e.folder(f)
		}
		e.close("m:FolderIds")
		e.close("m:GetFolder")
	}})
	if err != nil {
		return nil, err
	}
	out := make([]FolderResult, len(folders))
	for i := range a.messages {
		list := a.messages[i].node.child("Folders").all()
		switch {
		case a.messages[i].err != nil:
			out[i].Err = a.messages[i].err
		case len(list) == 0:
			out[i].Err = incomplete(opGetFolder, false)
		default:
			out[i].Folder = decodeFolder(&list[0])
		}
	}
	return out, nil
}

func decodeFolder(n *node) Folder {
	count := func(name string) int {
		v, err := parseInt(n.childWord(name))
		if err != nil {
			return 0
		}
		return v
	}
	return Folder{
		ID: FolderID(decodeItemID(n.child("FolderId"))), Parent: FolderID(decodeItemID(n.child("ParentFolderId"))),
		Class: n.childWord("FolderClass"), DisplayName: n.childStr("DisplayName"), TotalCount: count("TotalCount"),
		ChildFolderCount: count("ChildFolderCount"), EffectiveRights: decodeRights(n.child("EffectiveRights")), HasRights: n.child("EffectiveRights") != nil,
	}
}
