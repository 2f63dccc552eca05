// How the official web client starts: its own code (mattermost-redux) and the calls it makes beside it, as from a browser,
// with cookies and the CSRF token. No call may fail, and what the client reads must be there.

import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {createRequire} from 'node:module';
import {after, before, describe, it} from 'node:test';

import {Browser} from './browser.mjs';
import {adminName, adminPassword, password, signedIn} from './kit.mjs';
import {Line} from './line.mjs';

const redux = createRequire(import.meta.url); // CommonJS, like the client
const {Client4} = redux('mattermost-redux/client');
const actions = (name) => redux(`mattermost-redux/actions/${name}`);
const channels = actions('channels');
const posts = actions('posts');
const threads = actions('threads');
const users = actions('users');

const tag = `b${randomBytes(4).toString('hex')}`;
const url = process.env.MUSTER_URL.replace(/\/+$/, '');
const browser = new Browser(url);

// What the client needs of its configuration before and after the sign-in.
const beforeSignIn = `Version BuildNumber BuildHash BuildEnterpriseReady DiagnosticId TelemetryId SiteURL SiteName WebsocketURL DefaultClientLocale
    EnableSignInWithEmail EnableSignInWithUsername EnableSignUpWithEmail EnableUserCreation EnableOpenServer EnableLdap EnableSaml EnableSignUpWithGitLab
    EnableSignUpWithGoogle EnableSignUpWithOffice365 EnableSignUpWithOpenId EnableMultifactorAuthentication EnforceMultifactorAuthentication
    PasswordMinimumLength PasswordRequireLowercase PasswordRequireUppercase PasswordRequireNumber PasswordRequireSymbol PasswordEnableForgotLink NoAccounts
    EnableCustomEmoji PluginsEnabled EnableGuestAccounts EnableUserStatuses`.split(/\s+/);
const afterSignIn = `AvailableLocales CollapsedThreads MaxPostSize MaxFileSize EnableFileAttachments EnableUserTypingMessages
    TimeBetweenUserTypingUpdatesMilliseconds UsersStatusAndProfileFetchingPollIntervalMilliseconds TeammateNameDisplay RestrictDirectMessage
    EnableUserAccessTokens ExtendSessionLengthWithActivity PostEditTimeLimit ShowEmailAddress ShowFullName MaxNotificationsPerChannel EnableThemeSelection
    EnableLinkPreviews EnableCustomUserStatuses`.split(/\s+/);

describe('the web client', {timeout: 90_000}, () => {
    const store = redux('mattermost-redux/store').default({});
    const state = () => store.getState().entities;
    let leave;
    let team;
    let channel;
    let direct;
    let me;
    let bob;
    let root;
    let line;

    // run dispatches an action and gives what it got.
    async function run(action) {
        const {data, error} = await store.dispatch(action);
        assert.ok(!error, `${JSON.stringify(error)} ${browser.failed()}`);
        return data;
    }

    before(async () => {
        const admin = await signedIn(adminName, adminPassword);
        team = await admin.createTeam({name: tag, display_name: 'Boot', type: 'O'});
        for (const name of ['amy', 'bob', 'cat']) {
            const user = await admin.createUser({username: tag + name, email: `${tag}${name}@example.com`, password});
            await admin.addToTeam(team.id, user.id);
            await admin.updateUserRoles(user.id, 'system_user system_user_access_token');
        }
        bob = await signedIn(`${tag}bob`);
        const [asAmy, asCat] = [await signedIn(`${tag}amy`), await signedIn(`${tag}cat`)];
        const [amy, cat] = [await asAmy.getMe(), await asCat.getMe()];
        channel = await asAmy.createChannel({team_id: team.id, name: 'boot', display_name: 'Boot', type: 'O'});
        await asAmy.addToChannel((await bob.getMe()).id, channel.id);
        direct = await bob.createDirectChannel([(await bob.getMe()).id, amy.id]);
        await bob.createPost({channel_id: direct.id, message: 'psst'});
        await asAmy.createGroupChannel([amy.id, (await bob.getMe()).id, cat.id]);
        root = await asAmy.createPost({channel_id: channel.id, message: `a root :smile: for @${tag}bob`});
        await bob.createPost({channel_id: channel.id, root_id: root.id, message: 'a reply'});
        Client4.setUrl(url);
        leave = browser.use();
    });

    after(() => {
        line?.socket.close();
        leave?.();
    });

    it('draws the page to sign in', async () => {
        const config = await run(actions('general').getClientConfig());
        assert.deepEqual(beforeSignIn.filter((key) => typeof config[key] !== 'string'), []);
        assert.deepEqual(Object.keys(config).filter((key) => typeof config[key] !== 'string'), []);
        assert.equal(config.NoAccounts, 'false');
        const license = await run(actions('general').getLicenseConfig());
        assert.deepEqual([license.IsLicensed, license.LDAPGroups, license.Cloud], ['true', 'true', 'false']);
        await Client4.getUserLoginType(`${tag}amy`);
    });

    it('signs in and reads the account', async () => {
        me = await Client4.login(`${tag}amy`, password);
        assert.equal(me.username, `${tag}amy`);
        assert.ok(browser.cookie('MMAUTHTOKEN') && browser.cookie('MMCSRF'));
        assert.equal(browser.cookie('MMUSERID'), me.id);
        assert.ok(!document.cookie.includes('MMAUTHTOKEN'), 'scripts see the token');

        await run(users.loadMe());
        assert.equal(state().users.currentUserId, me.id);
        assert.deepEqual(afterSignIn.filter((key) => typeof state().general.config[key] !== 'string'), []);
        assert.equal(state().users.profiles[me.id].email, `${tag}amy@example.com`);
        assert.ok(state().preferences.myPreferences[`tutorial_step--${me.id}`]);
        assert.deepEqual([state().teams.teams[team.id].name, state().teams.myMembers[team.id].scheme_user], [tag, true]);
        await run(actions('roles').loadRolesIfNeeded(['system_user', 'team_user', 'channel_user', 'channel_admin']));
        assert.ok(state().roles.roles.channel_user.permissions.includes('create_post'));
        assert.deepEqual(await run(actions('general').getCustomProfileAttributeFields()), []);
        await Client4.patchMe({timezone: {useAutomaticTimezone: 'true', automaticTimezone: 'Europe/Berlin', manualTimezone: ''}});
        assert.deepEqual(await Client4.getWebappPlugins(), []);
        assert.deepEqual(await Client4.getAgentsStatus(), {available: false});
        Client4.setEnableLogging(true); // as the client does for developers
        await Client4.logClientError('something small');
        await Client4.doFetch(`${Client4.getClientMetricsRoute()}`, {method: 'post', body: '{"version":"0.1.0"}'});
    });

    it('enters a team', async () => {
        await run(channels.fetchAllMyTeamsChannels());
        await run(channels.fetchAllMyChannelMembers());
        await run(channels.fetchChannelsAndMembers(team.id));
        for (const {id} of [channel, direct]) {
            assert.equal(state().channels.channels[id].id, id);
            assert.equal(state().channels.myMembers[id].user_id, me.id);
        }
        await run(actions('channel_categories').fetchMyCategories(team.id));
        const shown = state().channelCategories.orderByTeam[team.id].map((id) => state().channelCategories.byId[id]);
        assert.deepEqual(shown.map(({type}) => type), ['favorites', 'channels', 'direct_messages']);
        assert.ok(shown[1].channel_ids.includes(channel.id) && shown[2].channel_ids.includes(direct.id));
        assert.equal((await Client4.getTeamByName(tag)).id, team.id);
        assert.deepEqual(await Client4.getUserDrafts(team.id), []);
        await run(actions('scheduled_posts').fetchTeamScheduledPosts(team.id, true));
        await run(actions('groups').getGroupsByUserIdPaginated({filter_allow_reference: false, page: 0, per_page: 60, user_id: me.id}));
        await run(actions('groups').getAllGroupsAssociatedToChannelsInTeam(team.id, true));
        await run(actions('groups').getAllGroupsAssociatedToTeam(team.id, true));
        await run(actions('groups').getGroups({filter_allow_reference: true, page: 0, per_page: 60, include_member_count: true}));

        const group = Object.values(state().channels.channels).find(({type}) => type === 'G');
        await run(users.getProfilesInGroupChannels([group.id]));
        assert.equal(state().users.profilesInChannel[group.id].size, 2);
        await run(actions('preferences').savePreferences(me.id, [
            {user_id: me.id, category: 'group_channel_show', name: group.id, value: 'true'},
            {user_id: me.id, category: 'last', name: 'channel', value: channel.id},
        ]));
        const ids = Object.keys(state().users.profiles);
        await run(users.getStatusesByIds(ids));
        assert.equal(Object.keys(state().users.statuses).length, ids.length);
        assert.deepEqual(await Client4.getInProductNotices(team.id, 'web', '11.9.0'), []);
        assert.deepEqual(await Client4.getAutocompleteCommandsList(team.id), []);
        await run(actions('teams').getMyTeamUnreads(true));
    });

    it('shows a channel', async () => {
        assert.equal((await Client4.getChannelByNameAndTeamName(tag, 'boot', true)).id, channel.id);
        const {order, posts: read} = await run(posts.getPostsUnread(channel.id));
        assert.ok(order.includes(root.id));
        assert.deepEqual([read[root.id].reply_count, read[root.id].is_following], [1, true]);
        assert.equal(await channelViewed(), channel.id);
        const stats = await run(channels.getChannelStats(channel.id, false));
        assert.deepEqual([stats.member_count, stats.pinnedpost_count], [2, 0]);
        await run(channels.getChannelTimezones(channel.id));
        assert.deepEqual(await Client4.getChannelBookmarks(channel.id), []);
        await run(users.getProfilesByUsernames([`${tag}bob`]));
        await run(users.getProfilesByIds([me.id, root.user_id]));
        assert.deepEqual(await Client4.getCustomEmojisByNames(['smile']), []);
        const picture = await browser.fetch(Client4.getProfilePictureUrl(me.id, 0));
        assert.equal(picture.headers.get('Content-Type'), 'image/png');
        await run(posts.getPostsBefore(channel.id, root.id, 0, 30));
        await run(posts.getPostsAfter(channel.id, root.id, 0, 30));
    });

    async function channelViewed() {
        await run(channels.markChannelAsViewedOnServer(channel.id));
        return Object.keys((await Client4.viewMyChannel(channel.id)).last_viewed_at_times)[0];
    }

    it('hears what happens over its cookie', async () => {
        line = new Line('', true, 10, {Cookie: browser.header(), Origin: browser.origin});
        await line.first;
        line.socket.userUpdateActiveStatus(true, false);
        line.socket.updateActiveChannel(channel.id);
        await bob.createPost({channel_id: channel.id, root_id: root.id, message: `@${tag}amy come here`});
        const heard = await line.posted(`@${tag}amy come here`);
        assert.deepEqual([JSON.parse(heard.data.mentions), heard.data.team_id], [[me.id], team.id]);
        const update = await line.event('thread_updated');
        const thread = JSON.parse(update.data.thread);
        assert.deepEqual([thread.id, thread.post.message, thread.unread_mentions, thread.participants.length > 0], [root.id, root.message, 1, true]);
    });

    it('shows threads', async () => {
        store.dispatch({type: 'SELECT_TEAM', data: team.id});
        await run(threads.getThreadCounts(me.id, team.id));
        assert.equal(state().threads.countsIncludingDirect[team.id].total_unread_mentions, 1);
        for (const unread of [false, true]) {
            const list = await run(threads.getThreadsForCurrentTeam({unread}));
            assert.deepEqual(list.threads.map(({id}) => id), [root.id]);
        }
        assert.deepEqual((await run(threads.getThreadsForCurrentTeam({before: root.id}))).threads, []);
        await run(threads.getThread(me.id, team.id, root.id, true));
        assert.equal((await run(posts.getPostThread(root.id))).order.length, 3);
        await run(threads.updateThreadRead(me.id, team.id, root.id, Date.now()));
        await run(threads.markThreadAsUnread(me.id, team.id, root.id, root.id));
        await run(threads.setThreadFollow(me.id, team.id, root.id, false));
        await run(threads.setThreadFollow(me.id, team.id, root.id, true));
        await run(threads.markAllThreadsInTeamRead(me.id, team.id));
        assert.equal((await Client4.getUserThreads(me.id, team.id, {totalsOnly: true})).total_unread_mentions, 0);
    });

    it('catches up after a loss', async () => {
        const since = root.create_at - 1;
        await run(channels.fetchAllMyTeamsChannels());
        await run(channels.fetchAllMyChannelMembers());
        await run(actions('channel_categories').fetchMyCategories(team.id));
        assert.ok((await run(posts.getPostsSince(channel.id, since))).order.length > 0);
        await run(actions('teams').getMyTeamUnreads(true));
        await run(threads.getCountsAndThreadsSince(me.id, team.id, since));
        await run(users.getProfilesByIds(Object.keys(state().users.profiles), {since}));
        await run(users.getStatusesByIds(Object.keys(state().users.profiles)));
    });

    it('opens the settings of the account', async () => {
        await run(users.getMe());
        await run(users.getUserAudits(me.id, 0, 200));
        assert.ok(state().users.myAudits && Object.keys(state().users.myAudits).length > 0);
        await run(users.getSessions(me.id));
        assert.ok(state().users.mySessions.length > 0);
        assert.deepEqual(await Client4.getUserAccessTokensForUser(me.id, 0, 200), []);
        assert.deepEqual(await Client4.getAuthorizedOAuthApps(me.id), []);
        await Client4.getUserCustomProfileAttributesValues(me.id);
        assert.ok((await Client4.generateMfaSecret(me.id)).secret);
        await run(users.updateMe({...me, nickname: 'Booted'}));
        await run(users.setCustomStatus({emoji: 'coffee', text: 'tea', duration: '', expires_at: ''}));
        await run(users.unsetCustomStatus());
        await Client4.updateUserPassword(me.id, password, `${password}new`);
    });

    it('makes no call that fails', () => {
        assert.deepEqual(browser.failed(), []);
        const odd = browser.calls.filter(({type}) => !['application/json', 'application/x-ndjson', 'image/png'].includes(type));
        assert.deepEqual(odd, []);
        assert.ok(browser.calls.length > 60, `${browser.calls.length} calls`);
    });
});
