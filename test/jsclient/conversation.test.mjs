// Three people talk over the official JavaScript client: what one of them does over REST the others hear on
// their websockets and find in their counts.

import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {after, before, describe, it} from 'node:test';

import {adminName, adminPassword, forbidden, password, refused, signedIn} from './kit.mjs';
import {Line} from './line.mjs';

const tag = `c${randomBytes(4).toString('hex')}`;

// join makes an account that is in the team, and opens its websocket.
async function join(admin, team, name) {
    const user = await admin.createUser({username: tag + name, email: `${tag}${name}@example.com`, password});
    await admin.addToTeam(team.id, user.id);
    const client = await signedIn(user.username);
    const line = new Line(client.getToken(), true, 300);
    await line.first;
    return {id: user.id, name: user.username, client, line};
}

describe('a conversation', {timeout: 90_000}, () => {
    let team;
    let channel;
    let direct;
    let amy;
    let bob;
    let cat;
    let root;

    const say = (who, where, message, root_id = '') => who.client.createPost({channel_id: where.id, message, root_id});
    const place = (who, where) => who.client.getMyChannelMember(where.id);

    before(async () => {
        const admin = await signedIn(adminName, adminPassword);
        team = await admin.createTeam({name: tag, display_name: 'Talk', type: 'O'});
        [amy, bob, cat] = await Promise.all(['amy', 'bob', 'cat'].map((name) => join(admin, team, name)));
        channel = await amy.client.createChannel({team_id: team.id, name: 'talk', display_name: 'Talk', type: 'P'});
        for (const who of [bob, cat]) {
            await amy.client.addToChannel(who.id, channel.id);
            await who.line.event('user_added', (message) => message.broadcast.channel_id === channel.id || message.data.user_id === who.id);
        }
    });

    after(() => [amy, bob, cat].forEach((who) => who?.line.socket.close()));

    it('begins between two', async () => {
        direct = await amy.client.createDirectChannel([amy.id, bob.id]);
        await bob.line.event('direct_added');
        await say(amy, direct, 'just between us');
        const heard = await bob.line.posted('just between us');
        assert.equal(heard.data.channel_type, 'D');
        assert.equal(heard.data.sender_name, `@${amy.name}`);
        assert.deepEqual(JSON.parse(heard.data.mentions), [bob.id]);
        assert.equal((await place(bob, direct)).mention_count, 1);
        await refused(cat.client.getPosts(direct.id), forbidden);
    });

    it('goes on among three, one of whom is called', async () => {
        const {mention_count: called} = await place(cat, channel); // when they were added
        root = await say(bob, channel, `welcome @${cat.name}, have some #fruit`);
        const heard = await cat.line.posted(root.message);
        assert.deepEqual(JSON.parse(heard.data.mentions), [cat.id]);
        assert.equal((await amy.line.posted(root.message)).data.mentions, undefined);
        const {mention_count: mentions, msg_count: read} = await place(cat, channel);
        assert.equal(mentions, called + 1);
        assert.ok(read < (await cat.client.getChannel(channel.id)).total_msg_count);
        const unread = (await cat.client.getMyTeamUnreads(true)).find((one) => one.team_id === team.id);
        assert.equal(unread.mention_count, mentions);
    });

    it('is read', async () => {
        await cat.client.viewMyChannel(channel.id);
        const viewed = await cat.line.event('multiple_channels_viewed', (message) => message.data.channel_times[channel.id]);
        assert.ok(viewed.data.channel_times[channel.id] >= root.create_at);
        const mine = await place(cat, channel);
        assert.deepEqual([mine.mention_count, mine.msg_count], [0, (await cat.client.getChannel(channel.id)).total_msg_count]);
    });

    it('has threads', async () => {
        const reply = await say(amy, channel, 'an answer', root.id);
        const update = await bob.line.event('thread_updated', (message) => JSON.parse(message.data.thread).id === root.id);
        assert.equal(JSON.parse(update.data.thread).unread_replies, 1);
        const threads = await bob.client.getUserThreads(bob.id, team.id, {extended: true});
        assert.deepEqual([threads.total_unread_threads, threads.threads[0].reply_count], [1, 1]);
        const {order} = await cat.client.getPaginatedPostThread(root.id, {collapsedThreads: false});
        assert.deepEqual([...order].sort(), [root.id, reply.id].sort());

        await bob.client.updateThreadReadForUser(bob.id, team.id, root.id, reply.create_at);
        await bob.line.event('thread_read_changed', (message) => message.data.thread_id === root.id);
        assert.equal((await bob.client.getUserThreads(bob.id, team.id, {})).total_unread_threads, 0);
    });

    it('shows who is typing', async () => {
        amy.line.socket.userTyping(channel.id, '');
        const typing = await bob.line.event('typing');
        assert.deepEqual([typing.data.user_id, typing.broadcast.channel_id], [amy.id, channel.id]);
        assert.ok(!amy.line.seen.some((message) => message.event === 'typing'));
    });

    it('can be searched by those who were there', async () => {
        const found = async (who, terms) => (await who.client.searchPosts(team.id, terms, false)).order;
        assert.deepEqual(await found(cat, 'welcome'), [root.id]);
        assert.deepEqual(await found(cat, `WEL* from:${bob.name} in:talk`), [root.id]);
        assert.deepEqual(await found(cat, '#fruit -answer'), [root.id]);
        assert.equal((await found(amy, '"between us"')).length, 1);
        assert.equal((await found(amy, `in:@${bob.name} between`)).length, 1);
        assert.deepEqual(await found(cat, '"between us"'), []);
    });

    it('follows what is changed and taken back', async () => {
        const post = await say(cat, channel, 'a slip of the pen');
        await amy.line.posted(post.message);
        await cat.client.patchPost({id: post.id, message: 'a slip of the tongue'});
        const edited = await amy.line.event('post_edited', (message) => JSON.parse(message.data.post).id === post.id);
        assert.equal(JSON.parse(edited.data.post).message, 'a slip of the tongue');
        await cat.client.deletePost(post.id);
        await amy.line.event('post_deleted', (message) => JSON.parse(message.data.post).id === post.id);
        assert.deepEqual((await amy.client.searchPosts(team.id, 'slip', false)).order, []);
    });

    it('goes on after a break without a word lost', async () => {
        const id = bob.line.socket.connectionId;
        await bob.line.breakOff();
        for (const text of ['are you there', 'hello', 'never mind']) {
            await say(amy, channel, text);
        }
        await bob.line.posted('never mind');
        const heard = bob.line.seen.filter((message) => message.event === 'posted').map((message) => JSON.parse(message.data.post).message);
        assert.deepEqual(heard.slice(-3), ['are you there', 'hello', 'never mind']);
        assert.deepEqual([bob.line.socket.connectionId, bob.line.missed, bob.line.reconnects], [id, 0, 1]);
    });

    it('stays between those who have it', () => {
        assert.ok(!cat.line.seen.some((message) => message.broadcast.channel_id === direct.id));
    });
});
