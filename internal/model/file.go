package model

import (
	"path"
	"strings"
	"unicode/utf8"
)

// FileInfo describes a file that was sent to a channel.
type FileInfo struct {
	ID              string  `json:"id"`
	UserID          string  `json:"user_id"`
	PostID          string  `json:"post_id,omitempty"` // empty until it is posted
	ChannelID       string  `json:"channel_id"`
	CreateAt        int64   `json:"create_at"`
	UpdateAt        int64   `json:"update_at"`
	DeleteAt        int64   `json:"delete_at"`
	Name            string  `json:"name"`
	Extension       string  `json:"extension"`
	Size            int64   `json:"size"` // bytes
	MimeType        string  `json:"mime_type"`
	Width           int     `json:"width,omitempty"`
	Height          int     `json:"height,omitempty"`
	HasPreviewImage bool    `json:"has_preview_image,omitempty"`
	MiniPreview     *string `json:"mini_preview"`
	RemoteID        string  `json:"remote_id"`
	Archived        bool    `json:"archived"`
}

// FileInfoList is a page of files that were searched for.
type FileInfoList struct {
	Order                     []string             `json:"order"`
	FileInfos                 map[string]*FileInfo `json:"file_infos"`
	NextFileID                string               `json:"next_file_id"`
	PrevFileID                string               `json:"prev_file_id"`
	FirstInaccessibleFileTime int64                `json:"first_inaccessible_file_time"`
}

// Key is where the content of the file is kept.
func (f *FileInfo) Key() string { return "files/" + strings.ToLower(f.ID) + "/content" }

// Folder is below which everything that belongs to the file is kept.
func (f *FileInfo) Folder() string { return "files/" + strings.ToLower(f.ID) + "/" }

// FileNameMax is the length of a file's name in bytes.
const FileNameMax = 256

// FileName gives the last part of a path that a client sent, which may be one of
// another system; like the reference server's, the name of nothing is a dot.
func FileName(sent string) string {
	return cutBytes(path.Base(strings.ReplaceAll(storable(sent), `\`, "/")), FileNameMax)
}

// Extension gives the extension of a file's name in lower case, without the dot.
func Extension(name string) string {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	if len(ext) > 64 || !utf8.ValidString(ext) {
		return ""
	}
	return ext
}

// UploadSession is a file that is being sent in parts.
type UploadSession struct {
	ID         string `json:"id"`
	Type       string `json:"type"` // UploadAttachment or UploadImport
	CreateAt   int64  `json:"create_at"`
	UserID     string `json:"user_id"`
	ChannelID  string `json:"channel_id,omitempty"`
	Filename   string `json:"filename"`
	FileSize   int64  `json:"file_size"`
	FileOffset int64  `json:"file_offset"`
	RemoteID   string `json:"remote_id"`
	ReqFileID  string `json:"req_file_id"`
}

// What an upload is for.
const (
	UploadAttachment = "attachment"
	UploadImport     = "import"
)

// Folder is below which the parts of the upload are kept.
func (u *UploadSession) Folder() string { return "uploads/" + strings.ToLower(u.ID) + "/" }
